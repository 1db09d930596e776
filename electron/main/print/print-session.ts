import { session, type Session } from 'electron';

/** Known to no other session, and to nothing outside of ours. */
const scheme = 'palomar-print';
export const printUrl = `${scheme}:page`;

export interface PrintSession {
  readonly session: Session;
  /** The one page there is from now on; null: none. */
  readonly hold: (html: string | null) => void;
}

/**
 * A session of its own in memory that holds one page and nothing else: every other address is refused before anything
 * is looked up, so whatever a customer wrote loads nothing. One for all pages: Electron keeps each until the app ends,
 * and a page without script, cache and network leaves nothing in it for the next.
 */
export const makePrintSession = (): PrintSession => {
  let page: string | null = null;
  // No `persist:` before the name: it never touches the disk.
  const made = session.fromPartition('print', { cache: false });
  made.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  made.setPermissionCheckHandler(() => false);
  made.setDevicePermissionHandler(() => false);
  made.setSpellCheckerEnabled(false);
  made.on('will-download', (event) => event.preventDefault());
  made.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: page === null || url !== printUrl }));
  // Not `protocol.handle`, which loads Node's fetch (docs/decisions/0026-app-protocol.md).
  made.protocol.registerBufferProtocol(scheme, (_request, send) => send({ mimeType: 'text/html', charset: 'utf-8', data: Buffer.from(page ?? '') }));
  return { session: made, hold: (html) => (page = html) };
};
