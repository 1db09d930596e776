import { connect } from 'node:net';
import { join } from 'node:path';

const answerDeadlineMs = 20_000;

/** Where a Prosody of the lab listens for its keepers; only the user that it runs as may open it. */
export const adminSocket = (folder: string): string => join(folder, 'data', 'prosody.sock');

/**
 * Runs one line in the admin shell of a running Prosody, as `prosodyctl shell` does, without starting a program. The
 * server itself does the work: a second process at its SQLite file would be locked out by it now and then, and for long.
 *
 * @returns what it says, without its `OK:` or `Result:`
 * @throws Error with what it says instead
 */
export function askAdminShell(folder: string, line: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let heard = '';
  const socket = connect(adminSocket(folder));
  socket.setTimeout(answerDeadlineMs, () => socket.destroy(new Error(`Prosody's admin shell did not answer in ${answerDeadlineMs} ms; it said: ${heard.slice(-500)}`)));
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    heard += chunk;
    const answer = /<repl-result([^>]*?)(?:\/>|>([^<]*)<\/repl-result>)/.exec(heard);
    if (answer === null) return;
    const [, attributes = '', text = ''] = answer;
    if (/type=['"]error/.test(attributes)) reject(new Error(`Prosody's admin shell refused: ${text}`));
    else resolve(text.replace(/^(?:OK|Result): /, ''));
    socket.end('</stream:stream>');
  });
  socket.on('error', reject);
  socket.on('close', () => reject(new Error(`Prosody's admin shell hung up; it said: ${heard.slice(-500)}`)));
  socket.write("<?xml version='1.0'?><stream:stream xmlns='xmpp:prosody.im/admin' xmlns:stream='http://etherx.jabber.org/streams'>");
  socket.write(`<repl-input>${line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</repl-input>`);
  return promise;
}
