import { app, dialog, powerMonitor, session } from 'electron';
import { join } from 'node:path';
import type { RpcError, Settings } from '#rpc';
import { serveAppProtocol } from './app-protocol/app-protocol.ts';
import { MainWindow, preloadPath } from './desktop/main-window.ts';
import { setMenu } from './desktop/menu.ts';
import { createNotifications } from './desktop/notifications.ts';
import { shellTexts, type ShellTexts } from './desktop/texts.ts';
import { createTray } from './desktop/tray.ts';
import { showUnreadCount } from './desktop/unread-count.ts';
import { chooseLauncher } from './engine-process/choose-launcher.ts';
import { EngineProcess, type EngineNews } from './engine-process/engine-process.ts';
import { deepLinkOf } from './links/deep-link.ts';
import { openVaultKey } from './secrets/vault-key.ts';
import { systemKeychain } from './secrets/keychain.ts';
import { lockSession } from './security/session-lockdown.ts';
import { openShellChannels } from './shell-channels.ts';

const engineScript = join(__dirname, '..', 'engine', 'child.mjs');
const rendererDir = join(__dirname, '..', 'renderer');

/** Wires everything together, once, when Electron is ready. */
export const runShell = (profileDir: string, words: readonly string[]): void => {
  let settings: Pick<Settings, 'closesToTray' | 'locale'> = { closesToTray: true, locale: 'system' };
  let isQuitting = false;
  const texts = (): ShellTexts => shellTexts(settings.locale, app.getLocale());

  lockSession(session.defaultSession);
  const vaultKey = openVaultKey(profileDir, systemKeychain);

  const window = new MainWindow({
    preload: preloadPath,
    placeFile: join(profileDir, 'window-place.json'),
    staysInTray: () => settings.closesToTray && !isQuitting,
    onPageKeepsFailing: () => dialog.showErrorBox('Palomar', texts().pageKeepsFailing),
  });
  const quit = (): void => app.quit();
  const tray = createTray({ open: () => window.show(), quit }, texts());
  const notifications = createNotifications((conversationId) => window.showConversation(conversationId));

  const hear = (news: EngineNews): void => {
    if (news.type === 'unread') showUnreadCount(news.total, tray);
    else if (news.type === 'settings') applySettings(news.settings);
    // What arrives in front of the person's eyes needs no second announcement.
    else if (!window.isFocused()) notifications.show(news.notification);
  };
  const applySettings = (next: Settings): void => {
    settings = next;
    tray.setTexts(texts());
    setMenu(texts(), quit);
  };
  const engine = new EngineProcess({
    launch: chooseLauncher(engineScript),
    start: async () => ({ profileDir, appVersion: app.getVersion(), host: 'electron', vaultKey: await vaultKey }),
    onNews: hear,
    onFatal: (error) => {
      dialog.showErrorBox(texts().cannotStart, describeFatal(error, texts()));
      quit();
    },
  });

  engine.start();
  serveAppProtocol(rendererDir, engine);
  openShellChannels({
    window,
    engine,
    onUnreadCount: (count) => showUnreadCount(count, tray),
    folderTitle: () => texts().chooseFolder,
  });
  setMenu(texts(), quit);
  const follow = (given: readonly string[]): void => {
    const link = deepLinkOf(given);
    if (link === null) window.show();
    else window.showConversation(link.conversationId);
  };
  follow(words);

  app.on('second-instance', (_event, given) => follow(given));
  app.on('open-url', (event, url) => {
    event.preventDefault();
    follow([url]);
  });
  app.on('activate', () => window.show());
  const wake = (): void => void engine.call('host.wake', {}).catch(() => undefined);
  powerMonitor.on('resume', wake);
  powerMonitor.on('unlock-screen', wake);
  // Registered, so that Electron does not quit by itself; with the tray the window is only hidden.
  app.on('window-all-closed', () => process.platform !== 'darwin' && quit());
  app.on('before-quit', () => (isQuitting = true));
  app.on('will-quit', (event) => {
    event.preventDefault();
    void engine.stop().finally(() => app.exit(0));
  });
  if (app.isPackaged) app.setAsDefaultProtocolClient('palomar');
};

const describeFatal = ({ code, message }: RpcError, texts: ShellTexts): string => {
  if (code === 'profile-in-use') return texts.profileInUse;
  if (code === 'newer-database') return texts.storeTooNew;
  return message;
};
