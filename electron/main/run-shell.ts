import { app, dialog, powerMonitor, session } from 'electron';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { RpcError, RpcEvents, Settings } from '#rpc';
import { serveAppProtocol } from './app-protocol/app-protocol.ts';
import { createLateDesktop } from './desktop/late-desktop.ts';
import { MainWindow, preloadPath } from './desktop/main-window.ts';
import { createNotifications } from './desktop/notifications.ts';
import { shellTexts, type ShellTexts } from './desktop/texts.ts';
import type { LaunchEngine } from './engine-process/engine-link.ts';
import { EngineProcess, type EngineNews } from './engine-process/engine-process.ts';
import { deepLinkOf } from './links/deep-link.ts';
import { createPagePrinter } from './print/page-printer.ts';
import { openVaultKey } from './secrets/vault-key.ts';
import { systemKeychain } from './secrets/keychain.ts';
import { createMicrophoneGate } from './security/microphone-gate.ts';
import { lockSession } from './security/session-lockdown.ts';
import { openShellChannels } from './shell-channels.ts';

/** Time for the first screen to be painted. */
const furnishAfterMs = 300;
/** For a page that never shows itself. */
const furnishAtLatestMs = 3_000;
const rendererDir = join(__dirname, '..', 'renderer');

export interface ShellStart {
  readonly profileDir: string;
  /** What the program was started with. */
  readonly words: readonly string[];
  readonly launch: LaunchEngine;
}

/** Wires everything together, once, when Electron is ready. */
export const runShell = ({ profileDir, words, launch }: ShellStart): void => {
  let settings: Pick<Settings, 'closesToTray' | 'locale'> = { closesToTray: true, locale: 'system' };
  let isQuitting = false;
  const texts = (): ShellTexts => shellTexts(settings.locale, app.getLocale());

  const microphone = createMicrophoneGate(Date.now);
  lockSession(session.defaultSession, microphone);
  let vaultKey: Promise<string | null> | null = null;

  const window = new MainWindow({
    preload: preloadPath,
    placeFile: join(profileDir, 'window-place.json'),
    staysInTray: () => settings.closesToTray && !isQuitting,
    onPageKeepsFailing: () => dialog.showErrorBox('Palomar', texts().pageKeepsFailing),
    onFirstShown: () => setTimeout(desktop.furnish, furnishAfterMs),
  });
  const quit = (): void => app.quit();
  const desktop = createLateDesktop({ open: () => window.show(), quit }, texts);
  const notifications = createNotifications(
    (conversationId) => window.showConversation(conversationId),
    () => window.show(),
  );
  const hear = (news: EngineNews): void => {
    if (news.type === 'unread') desktop.showUnread(news.total);
    else if (news.type === 'settings') applySettings(news.settings);
    else if (news.type === 'alerts') desktop.showAlerts(news.count);
    else if (news.type === 'alert') tellAlert(news.alert);
    // What arrives in front of the person's eyes needs no second announcement.
    else if (!window.isFocused()) notifications.show(news.notification);
  };
  const tellAlert = ({ kind, networkName }: RpcEvents['alert.raised']): void => {
    // In the open window there is a line about it.
    if (kind !== 'waiting' && !window.isFocused()) notifications.showAlert('Palomar', texts().alert[kind](networkName));
  };
  const applySettings = (next: Settings): void => {
    const isSameLanguage = next.locale === settings.locale;
    settings = next;
    if (!isSameLanguage) desktop.refreshTexts();
  };
  const engine = new EngineProcess({
    launch,
    start: async () => {
      // The keychain's first answer takes a while and keeps this process waiting: the window goes before it.
      await setImmediate();
      vaultKey ??= openVaultKey(profileDir, systemKeychain);
      return { profileDir, appVersion: app.getVersion(), host: 'electron', vaultKey: await vaultKey };
    },
    onNews: hear,
    print: createPagePrinter().print,
    onFatal: (error) => {
      dialog.showErrorBox(texts().cannotStart, describeFatal(error, texts()));
      quit();
    },
  });
  const follow = (given: readonly string[]): void => {
    const link = deepLinkOf(given);
    if (link === null) window.show();
    else window.showConversation(link.conversationId);
  };

  // First what the person waits for: the engine and the window come up side by side.
  engine.start();
  serveAppProtocol(rendererDir, engine);
  openShellChannels({
    window,
    engine,
    onUnreadCount: desktop.showUnread,
    folderTitle: () => texts().chooseFolder,
    microphone,
  });
  follow(words);

  setTimeout(desktop.furnish, furnishAtLatestMs);

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
