import { accountPage } from './account-page.ts';
import { accounts } from './accounts.ts';
import { conversation } from './conversation.ts';
import { crm } from './crm.ts';
import { diagnostics } from './diagnostics.ts';
import { shell } from './shell.ts';
import { dialogs } from './dialogs.ts';
import { messages } from './messages.ts';
import { services } from './services.ts';

export default { ...shell, ...conversation, ...accounts, ...accountPage, ...crm, ...messages, ...diagnostics, ...dialogs, ...services };
