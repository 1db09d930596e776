/** What costs memory: row 7 of the known holes, row 31 of the faults. Played alone, so that memory can be measured. */
import { attribute, type HostileCase, type HostileSession } from '../hostile-server.ts';

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
  faults({ playCount, peers }) {
    const ended = peers.filter(({ isClosed, encrypted }) => isClosed && encrypted.includes('<presence')).length;
    return playCount > 0 && ended < bombs.length ? [`took ${bombs.length - ended} bombs`] : [];
  },
  async play(session) {
    const bomb = bombs[session.server.peers.filter((peer) => peer.encrypted.includes('<presence')).length - 1];
    if (bomb === undefined) return;
    await bomb(session);
    session.peer.send(`<message from='friend@${session.server.domain}/p' type='chat'><body>FORGED</body></message>`);
    await session.peer.closed;
    throw new Error('the client ended the stream, as it should');
  },
};

/** The room that the person has set to be entered by itself. */
const crowdedRoom = (domain: string): string => `crowd@muc.${domain}`;
const newcomer = ['<presence', `><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/></x></presence>`] as const;

/** As many messages as the number says, a tenth of it in strangers who come, and as many who come into a room of ours. */
export const flood = (messageCount: number): HostileCase => ({
  id: 'A4-31',
  title: `a flood of ${messageCount} messages, of ${messageCount / 10} people who come, and of as many in a room`,
  expected: 'all FLOOD messages are there, in order; reading slows the server down instead of filling the memory; the room can be used',
  forgetsSessions: true,
  answer(iq, { server: { domain } }) {
    const room = crowdedRoom(domain);
    const result = (from: string, payload: string): string => `<iq type='result' id='${attribute(iq, 'id')}'${from}>${payload}</iq>`;
    if (/<items node=["']urn:xmpp:bookmarks:1["']/.test(iq)) {
      const bookmark = `<conference xmlns='urn:xmpp:bookmarks:1' autojoin='true' name='Crowd'><nick>me</nick></conference>`;
      return result('', `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'><item id='${room}'>${bookmark}</item></items></pubsub>`);
    }
    if (attribute(iq, 'to') !== room || !iq.includes('disco#info')) return null;
    const identity = `<identity category='conference' type='text' name='Crowd'/><feature var='http://jabber.org/protocol/muc'/>`;
    return result(` from='${room}'`, `<query xmlns='http://jabber.org/protocol/disco#info'>${identity}</query>`);
  },
  presence(presence, { server, jid, peer }) {
    const room = crowdedRoom(server.domain);
    const to = attribute(presence, 'to') ?? '';
    if (!to.startsWith(`${room}/`) || attribute(presence, 'type') !== undefined) return;
    const [start, end] = newcomer;
    let crowd = '';
    for (let index = 0; index < messageCount / 10; index += 1) crowd += `${start} from='${room}/guest-${index}' to='${jid}'${end}`;
    peer.send(`${crowd}${start} from='${to}' to='${jid}'${end.replace('</x>', `<status code='110'/></x>`)}`);
    peer.send(`<message from='${room}' to='${jid}' type='groupchat'><subject>CROWD</subject></message>`);
  },
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
