import { accountPage } from './account-page.ts';
import { accounts } from './accounts.ts';
import { conversation } from './conversation.ts';
import { crm } from './crm.ts';
import { diagnostics } from './diagnostics.ts';
import { encryption } from './encryption.ts';
import { folders } from './folders.ts';
import { followUp } from './follow-up.ts';
import { pushLog } from './push-log.ts';
import { shell } from './shell.ts';
import { dialogs } from './dialogs.ts';
import { messages } from './messages.ts';
import { people } from './people.ts';
import { services } from './services.ts';
import { rooms } from './rooms.ts';
import { threads } from './threads.ts';

export default { ...rooms, ...threads, ...shell, ...conversation, ...accounts, ...accountPage, ...crm, ...followUp, ...pushLog, ...messages, ...diagnostics, ...folders, ...dialogs, ...encryption, ...people, ...services };
