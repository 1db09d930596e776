/**
 * Between the engine and the process that hosts it (Electron's main, or the browser-mode server).
 * Trusted on both sides; never reachable from a page.
 */
export interface HostMethods {
  /** First message after start. `vaultKey`: base64 of the 32 bytes unsealed by the OS keychain, if there is one. */
  'host.start': (input: {
    readonly profileDir: string;
    readonly appVersion: string;
    readonly host: 'electron' | 'browser';
    readonly vaultKey: string | null;
  }) => { readonly isReady: true };
  'host.stop': (input: Record<string, never>) => { readonly isStopped: true };
  /** Where the bytes of a fetched attachment are. Absent or not fetched: null. */
  'host.file': (input: { readonly attachmentId: number }) => HostFile | null;
  /** Where the bytes of a picture of a person or room are; null: there is none. */
  'host.avatar': (input: { readonly avatarId: number }) => HostFile | null;
  /** Reserves a file to stage an upload into; `host.staged` makes it known. */
  'host.stage': (input: { readonly name: string; readonly mime: string }) => { readonly id: string; readonly path: string };
  'host.staged': (input: { readonly id: string; readonly sizeBytes: number }) => { readonly isReady: true };
  'host.folder': (input: { readonly path: string }) => { readonly token: string; readonly label: string };
  /** The computer woke up or the network came back. */
  'host.wake': (input: Record<string, never>) => { readonly isDone: true };
}

export interface HostFile {
  readonly path: string;
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number;
  /** Safe to show inside the page (a raster image we recognised by its bytes); else it is a download. */
  readonly isInline: boolean;
}

export type HostMethod = keyof HostMethods;
export type HostInput<Method extends HostMethod> = Parameters<HostMethods[Method]>[0];
export type HostOutput<Method extends HostMethod> = ReturnType<HostMethods[Method]>;

/** Largest upload taken from a page. */
export const maxUploadBytes = 512 * 1024 * 1024;
/** Largest RPC frame taken from a page. */
export const maxFrameBytes = 1024 * 1024;

/** The one Content-Security-Policy, for the window and for browser mode alike. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types vue',
].join('; ');
