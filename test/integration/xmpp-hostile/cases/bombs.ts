/** What costs memory: row 7 of the known holes, row 31 of the faults. Played alone, so that memory can be measured. */
import type { HostileCase, HostileSession } from '../hostile-server.ts';

const megabyte = 1024 * 1024;
const chunk = Buffer.alloc(256 * 1024, 'x');

/** Each ends the stream long before it is over. */
const bombs: readonly ((session: HostileSession) => Promise<void>)[] = [
  ({ peer }) => peer.sendAndWait(`<message>${'<a>'.repeat(100_000)}`),
  ({ peer }) => peer.sendAndWait(`<message${Array.from({ length: 100_000 }, (_, index) => ` a${index}='1'`).join('')}/>`),
  ({ peer }) => peer.sendAndWait(`<message>${'<a/>'.repeat(100_000)}</message>`),
  async ({ peer }) => {
    await peer.sendAndWait('<message><body>');
    for (let sent = 0; sent < 256 * megabyte && !peer.isClosed; sent += chunk.length) await peer.sendAndWait(chunk);
  },
  async ({ peer }) => {
    await peer.sendAndWait(`<message from='`);
    for (let sent = 0; sent < 256 * megabyte && !peer.isClosed; sent += chunk.length) await peer.sendAndWait(chunk);
  },
  ({ peer }) => peer.sendAndWait(`<!DOCTYPE x [<!ENTITY a0 "ha">${Array.from({ length: 30 }, (_, level) => `<!ENTITY a${level + 1} "&a${level};&a${level};">`).join('')}]><message><body>&a30;</body></message>`),
];

export const xmlBombs: HostileCase & { readonly bombCount: number } = {
  id: 'A2-7',
  title: 'XML bombs: depth, attributes, elements, a stanza without end, entities',
  expected: `ends the stream ${bombs.length} times, each within a moment, and takes no memory for it`,
  forgetsSessions: true,
  bombCount: bombs.length,
  async play(session) {
    const bomb = bombs[session.server.peers.filter((peer) => peer.encrypted.includes('<presence')).length - 1];
    if (bomb === undefined) return;
    await bomb(session);
    session.peer.send(`<message from='friend@${session.server.domain}/p' type='chat'><body>FORGED</body></message>`);
    await session.peer.closed;
    throw new Error('the client ended the stream, as it should');
  },
};

/** As many messages as the number says, and a tenth of it in people who come. */
export const flood = (messageCount: number): HostileCase => ({
  id: 'A4-31',
  title: `a flood of ${messageCount} messages and ${messageCount / 10} people who come`,
  expected: 'all FLOOD messages are there, in order; reading slows the server down instead of filling the memory',
  forgetsSessions: true,
  async play(session) {
    if (session.server.playCount > 0) return;
    const { domain } = session.server;
    for (let start = 0; start < messageCount; start += 500) {
      let batch = '';
      for (let index = start; index < Math.min(start + 500, messageCount); index += 1) {
        batch += `<message from='friend@${domain}/p' to='${session.jid}' type='chat' id='f${index}'><body>FLOOD ${index}</body></message>`;
        if (index % 10 === 0) batch += `<presence from='p${index}@${domain}/x'/>`;
      }
      await session.peer.sendAndWait(batch);
    }
  },
});
