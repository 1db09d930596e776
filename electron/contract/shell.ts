import type { PageCatch } from '#model';

/**
 * What the operating-system shell offers the page, as `window.palomar` (preload) or its browser twin.
 * Small groups; nothing here takes a path, a command or markup.
 */
export interface Shell {
  readonly kind: 'electron' | 'browser';
  readonly window: WindowShell;
  readonly links: LinkShell;
  readonly notifications: NotificationShell;
  readonly microphone: MicrophoneShell;
  /** Absent where pages of others cannot be shown: browser mode. */
  readonly pages?: PageShell | undefined;
  /** Resolves with the one port to the engine; called once by `renderer/rpc`. */
  connect(): Promise<ShellPort>;
}

export interface ShellPort {
  post(frame: unknown): void;
  onFrame(listener: (frame: unknown) => void): void;
  onClose(listener: (reason: 'engine-stopped' | 'replaced' | 'unreachable') => void): void;
}

export interface WindowShell {
  setUnreadCount(count: number): void;
  /** How long nobody has touched the computer (the page, where there is no system to ask). */
  idleMs(): Promise<number>;
  /** The host asks the page to show something: a clicked notification or a `palomar:` link. */
  onNavigate(listener: (target: { readonly conversationId: number }) => void): void;
}

export interface LinkShell {
  /** Opens http, https, mailto, tel, xmpp and matrix links outside; anything else is refused. */
  open(url: string): Promise<{ readonly isOpened: boolean }>;
  /** Asks for a folder and answers with an opaque token for `crm.connect`; null when cancelled or impossible. */
  chooseFolder(): Promise<{ readonly token: string; readonly label: string } | null>;
}

export interface PageShell {
  /**
   * Shows a page of a network in a locked window of its own until somebody has signed in, and answers with what was
   * wanted, by field name; all that the page left is wiped. Null: the window was closed before, or one is open already.
   */
  catch(wish: PageCatch): Promise<Readonly<Record<string, string>> | null>;
  /** Closes that window. */
  close(): Promise<void>;
}

export interface NotificationShell {
  /** `default`: not asked yet. Electron: always granted. */
  permission(): 'granted' | 'denied' | 'default';
  request(): Promise<'granted' | 'denied' | 'default'>;
}

export interface MicrophoneShell {
  /** Right after a click of the person: the page may then ask for the microphone once. Rejects without a click. */
  open(): Promise<void>;
  /** It was given or refused. */
  close(): Promise<void>;
}
