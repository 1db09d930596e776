import { BrowserWindow, dialog, ipcMain, MessageChannelMain, powerMonitor, type IpcMainInvokeEvent } from 'electron';
import { ipcChannels } from '#rpc';
import type { MainWindow } from './desktop/main-window.ts';
import type { EngineProcess } from './engine-process/engine-process.ts';
import { openLink } from './links/open-link.ts';
import { log } from './log.ts';
import { isPageCatch } from './page-catch/is-page-catch.ts';
import { createPageCatcher } from './page-catch/page-catcher.ts';
import type { MicrophoneGate } from './security/microphone-gate.ts';
import { isTrustedSender } from './security/trusted-sender.ts';

export interface ShellChannels {
  readonly window: MainWindow;
  readonly engine: EngineProcess;
  readonly onUnreadCount: (count: number) => void;
  readonly folderTitle: () => string;
  readonly microphone: MicrophoneGate;
}

type Check<Input> = (value: unknown) => value is Input;

const isNothing: Check<undefined> = (value): value is undefined => value === undefined;
const isCount: Check<number> = (value): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isText: Check<string> = (value): value is string => typeof value === 'string' && value.length <= 2_048;

/** All that a page can ask of this process. Every call is checked for who asks and for what is asked. */
export const openShellChannels = ({ window, engine, onUnreadCount, folderTitle, microphone }: ShellChannels): void => {
  const handle = <Input, Output>(
    channel: string,
    isInput: Check<Input>,
    answer: (input: Input, event: IpcMainInvokeEvent) => Output,
  ): void => {
    ipcMain.handle(channel, (event, ...inputs: unknown[]) => {
      if (!isTrustedSender(event, window.contents)) return reject(channel, 'a stranger');
      const [input] = inputs;
      if (inputs.length > 1 || !isInput(input)) return reject(channel, 'malformed input');
      return answer(input, event);
    });
  };

  handle(ipcChannels.connect, isNothing, async (_input, event) => {
    const { port1, port2 } = new MessageChannelMain();
    await engine.connectPage(port1);
    event.senderFrame?.postMessage(ipcChannels.port, null, [port2]);
    window.pageIsReady();
  });
  handle(ipcChannels.setUnreadCount, isCount, (count) => onUnreadCount(count));
  handle(ipcChannels.idleMs, isNothing, () => powerMonitor.getSystemIdleTime() * 1_000);
  handle(ipcChannels.openMicrophone, isNothing, () => microphone.open());
  handle(ipcChannels.closeMicrophone, isNothing, () => microphone.close());
  handle(ipcChannels.openLink, isText, (link) => openLink(link));
  const pages = createPageCatcher();
  handle(ipcChannels.catchPage, isPageCatch, (wish) => pages.catch(wish, window.browserWindow));
  handle(ipcChannels.closePage, isNothing, () => pages.close());
  handle(ipcChannels.chooseFolder, isNothing, (_input, event) => chooseFolder(event, engine, folderTitle()));
};

const reject = (channel: string, why: string): never => {
  log(`refused ${channel}: ${why}`);
  throw new Error('refused');
};

/** The page gets a token and a label; the path goes from here to the engine only. */
const chooseFolder = async (event: IpcMainInvokeEvent, engine: EngineProcess, title: string) => {
  const owner = BrowserWindow.fromWebContents(event.sender);
  const options: Electron.OpenDialogOptions = { title, properties: ['openDirectory', 'createDirectory'] };
  const choice = owner === null ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(owner, options);
  const [path] = choice.filePaths;
  return choice.canceled || path === undefined ? null : await engine.call('host.folder', { path });
};
