import { BrowserWindow, nativeTheme, screen, type WebContents } from 'electron';
import { join } from 'node:path';
import { ipcChannels } from '#rpc';
import { appUrl } from '../app-protocol/app-origin.ts';
import { log } from '../log.ts';
import { pagePreferences } from '../security/page-preferences.ts';
import { appIcon } from './icons.ts';
import { readWindowPlace, smallestHeight, smallestWidth, writeWindowPlace } from './window-place.ts';

export interface MainWindowOptions {
  readonly preload: string;
  readonly placeFile: string;
  /** Asked when the person closes the window: true keeps the app in the tray. */
  readonly staysInTray: () => boolean;
  readonly onPageKeepsFailing: () => void;
  /** The window shows its page for the first time. */
  readonly onFirstShown?: (() => void) | undefined;
}

const mostCrashesAMinute = 3;

/** The app's only window. It is hidden rather than destroyed while the app stays in the tray. */
export class MainWindow {
  readonly #options: MainWindowOptions;
  #window: BrowserWindow | null = null;
  #crashTimesMs: number[] = [];
  /** Wanted before the page could show it. */
  #waitingTarget: number | null = null;
  #isPageReady = false;

  constructor(options: MainWindowOptions) {
    this.#options = options;
  }

  get contents(): WebContents | null {
    return this.#window?.webContents ?? null;
  }

  get browserWindow(): BrowserWindow | null {
    return this.#window;
  }

  /** Brings the window up, making it first when there is none. */
  show(): void {
    if (this.#window === null) {
      this.#open();
      return;
    }
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }

  /** Brings the window up with this conversation open. */
  showConversation(conversationId: number): void {
    this.show();
    this.#waitingTarget = conversationId;
    if (this.#isPageReady) this.#deliverTarget();
  }

  /** The page has its connection and its listeners. */
  pageIsReady(): void {
    this.#isPageReady = true;
    this.#deliverTarget();
  }

  isFocused(): boolean {
    return this.#window?.isFocused() ?? false;
  }

  #open(): void {
    const { x, y, width, height, isMaximized } = readWindowPlace(
      this.#options.placeFile,
      screen.getAllDisplays().map((display) => display.workArea),
    );
    const window = new BrowserWindow({
      ...(x === undefined || y === undefined ? {} : { x, y }),
      width,
      height,
      minWidth: smallestWidth,
      minHeight: smallestHeight,
      show: false,
      title: 'Palomar',
      icon: appIcon(),
      autoHideMenuBar: true,
      // Seen for a moment before the first paint: the paper of the page's own design.
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#1b1d21' : '#f6f3ee',
      webPreferences: {
        ...pagePreferences,
        preload: this.#options.preload,
      },
    });
    this.#window = window;
    if (isMaximized) window.maximize();
    window.once('ready-to-show', () => {
      window.show();
      this.#options.onFirstShown?.();
    });
    window.on('close', (event) => this.#close(event, window));
    window.on('closed', () => (this.#window = null));
    this.#watchPage(window);
    this.#load(window);
  }

  #load(window: BrowserWindow): void {
    window.loadURL(appUrl).catch((error: unknown) => log('the page could not be loaded', error));
  }

  #close(event: { preventDefault(): void }, window: BrowserWindow): void {
    writeWindowPlace(this.#options.placeFile, { ...window.getNormalBounds(), isMaximized: window.isMaximized() });
    if (!this.#options.staysInTray()) return;
    event.preventDefault();
    window.hide();
  }

  #watchPage(window: BrowserWindow): void {
    // Not "did-start-loading": a page that only changes its own hash loads nothing anew and never connects again.
    window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) this.#isPageReady = false;
    });
    window.webContents.on('did-navigate', (_event, url) => {
      // Electron asks nobody before it goes to about:blank; the way back is all that can be done.
      if (url !== appUrl) this.#load(window);
    });
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit') return;
      log(`the page ended (${reason})`);
      this.#reviveSoon(window);
    });
  }

  /** A page that dies is loaded again at once; one that dies again and again would only burn the battery. */
  #reviveSoon(window: BrowserWindow): void {
    const nowMs = Date.now();
    this.#crashTimesMs = [...this.#crashTimesMs.filter((timeMs) => nowMs - timeMs < 60_000), nowMs];
    if (this.#crashTimesMs.length > mostCrashesAMinute) this.#options.onPageKeepsFailing();
    else setImmediate(() => !window.isDestroyed() && window.webContents.reload());
  }

  #deliverTarget(): void {
    if (this.#waitingTarget === null) return;
    this.contents?.send(ipcChannels.navigate, { conversationId: this.#waitingTarget });
    this.#waitingTarget = null;
  }
}

/** Where the built preload lies, seen from the built main process. */
export const preloadPath = join(__dirname, '..', 'preload', 'index.cjs');
