import { createApp, effectScope } from 'vue';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';
import App from './App.vue';
import { firstPage } from './features/inbox/useConversationList.ts';
import { createMessages } from './i18n/i18n.ts';
import { createBrowserShell } from './rpc/browser-shell.ts';
import { createEngineClient, createSession, engineKey, sessionKey, shellKey } from './rpc/index.ts';
import { createRouter } from './routes.ts';
import { createToasts, toastsKey } from './ui/useToasts.ts';
import { useAppearance } from './useAppearance.ts';

const shell = window.palomar ?? createBrowserShell();
const engine = createEngineClient(shell);
const session = createSession(engine);
const i18n = createMessages();

const app = createApp(App, { router: createRouter() });
app.use(i18n);
app.provide(shellKey, shell);
app.provide(engineKey, engine);
app.provide(sessionKey, session);
app.provide(toastsKey, createToasts());
effectScope(true).run(() => useAppearance(session, i18n));

void engine.connect();
engine.askAhead('conversations.list', firstPage);
app.mount('#app');
