/** Rows 20 to 30 of the faults: networks and servers that break at the worst moment. */
import type { HostileCase } from '../hostile-server.ts';

const lineCount = 40;
/** Whoever comes back sooner than that only makes it worse. */
const leastPauseMs = 40;

const silence: HostileCase = {
  id: 'A4-20',
  title: 'a cut cable: everything stops, and nothing is closed',
  expected: 'notices by itself and connects again',
  async play(session) {
    if (session.server.peers.length % 3 !== 0) return;
    session.peer.send = () => undefined;
    await session.peer.closed;
    throw new Error('the client gave up, as it should');
  },
};

const resetEverywhere: HostileCase = {
  id: 'A4-21',
  title: `a reset after each of ${lineCount} stanzas`,
  expected: `LINE-0 to LINE-${lineCount - 1}, each once and in order`,
  async play(session) {
    const { server } = session;
    const next = server.archived.filter(({ xml }) => xml.includes('LINE-')).length;
    if (next >= lineCount) return;
    session.sayGood(`LINE-${next}`);
    await new Promise((resolve) => setImmediate(resolve));
    session.peer.reset();
    throw new Error('cut');
  },
};

const lostAcknowledgement: HostileCase = {
  id: 'A4-22',
  title: 'a message that arrived, and whose acknowledgement never did',
  expected: 'what the person writes is in the archive once, and shown as sent once',
  faults({ archived }) {
    const texts = archived.flatMap(({ xml }) => /<body[^>]*>([^<]*)/.exec(xml)?.[1] ?? []);
    return texts.filter((text, index) => texts.indexOf(text) !== index).map((text) => `sent twice: ${text}`);
  },
  forgetsSessions: true,
  message(message, session) {
    const { server } = session;
    const id = /\sid=["']([^"']*)["']/.exec(message)?.[1] ?? '';
    if (!/<body/.test(message)) return true;
    const isKnown = server.archived.some(({ xml }) => xml.includes(`id="${id}"`));
    const from = message.includes(' from=') ? message : message.replace('<message', `<message from="${session.jid}"`);
    if (!isKnown) server.archive(from);
    if (isKnown) return true;
    session.peer.reset();
    return false;
  },
};

const slowLine: HostileCase = {
  id: 'A4-23',
  title: 'a line that carries a byte at a time',
  expected: 'SLOW-0 to SLOW-4, each once',
  async play(session) {
    const send = session.peer.send.bind(session.peer);
    for (let index = 0; index < 5; index += 1) {
      let wire = '';
      session.peer.send = (data) => void (wire += data.toString());
      session.sayGood(`SLOW-${index}-${session.server.peers.length}`);
      session.peer.send = send;
      for (const byte of Buffer.from(wire)) await session.peer.sendAndWait(Buffer.of(byte));
    }
  },
};

const restartStorm: HostileCase = {
  id: 'A4-26',
  title: 'a server that is being restarted again and again',
  expected: 'waits longer after each failure, and comes back',
  faults({ connectedAtMs }) {
    // The first two are the trial and the first sign-in.
    const gaps = connectedAtMs.slice(2).map((atMs, index) => atMs - (connectedAtMs[index + 1] ?? 0));
    return gaps.filter((gap) => gap < leastPauseMs).map((gap) => `came back after ${Math.round(gap)} ms`);
  },
  async connect(peer, server, count) {
    if (count % 6 === 5) return false;
    if (count % 2 === 0) peer.reset();
    else {
      await server.encrypt(peer, server.certificate);
      await peer.read(/<stream:stream[^>]*>/);
      peer.send(`${server.header('')}<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>`);
    }
    return true;
  },
};

const refusedResumption: HostileCase = {
  id: 'A4-27',
  title: 'a session that cannot be taken up again, and messages that came meanwhile',
  expected: 'MISSED messages are all there, in order, once',
  forgetsSessions: true,
  async play(session) {
    const { server } = session;
    if (server.peers.length % 3 !== 0) return;
    const friend = `friend@${server.domain}/phone`;
    // Three hundred: more than a page.
    for (let index = 0; index < 300; index += 1) {
      const text = `MISSED-${server.peers.length}-${String(index).padStart(3, '0')}`;
      server.archive(`<message from='${friend}' to='${session.bare}' type='chat' id='${text}'><body>${text}</body></message>`);
    }
    session.peer.reset();
    throw new Error('cut');
  },
};

const brokenArchive: HostileCase = {
  id: 'A4-28',
  title: 'archive pages out of order, with the same message twice',
  expected: 'PAGE-000 to PAGE-299, each once',
  page: (page) => [...page, ...page.slice(0, 20)].sort((a, b) => (Number(a.id.slice(4)) % 7) - (Number(b.id.slice(4)) % 7)),
  play({ server, bare }) {
    if (server.archived.some(({ xml }) => xml.includes('PAGE-'))) return;
    for (let index = 0; index < 300; index += 1) {
      const text = `PAGE-${String(index).padStart(3, '0')}`;
      server.archive(`<message from='friend@${server.domain}/phone' to='${bare}' type='chat' id='${text}'><body>${text}</body></message>`, new Date(Date.UTC(2026, 0, 1) + index * 1_000).toISOString());
    }
  },
};

const rewrittenHistory: HostileCase = {
  id: 'A4-29',
  title: 'an archive that tells the past anew: same id, other words',
  expected: 'TRUTH is shown; nothing with FORGED',
  forgetsSessions: true,
  page: (page, server) => (server.playCount === 0 ? page : page.map((one) => ({ ...one, xml: one.xml.replace('>TRUTH<', '>FORGED<') }))),
  play(session) {
    if (session.server.playCount === 0) session.sayGood('TRUTH');
  },
};

const skewedClock: HostileCase = {
  id: 'A4-30',
  title: 'a server whose clock jumps by years',
  expected: 'SKEW-00 to SKEW-29, each once, none of them in the future',
  play({ server, bare }) {
    if (server.archived.some(({ xml }) => xml.includes('SKEW-'))) return;
    for (let index = 0; index < 30; index += 1) {
      const text = `SKEW-${String(index).padStart(2, '0')}`;
      const year = index % 3 === 0 ? 2036 : index % 3 === 1 ? 2016 : 2026;
      server.archive(`<message from='friend@${server.domain}/phone' to='${bare}' type='chat' id='${text}'><body>${text}</body></message>`, `${year}-01-01T00:00:${String(index).padStart(2, '0')}Z`);
    }
  },
};

export const faults: readonly HostileCase[] = [
  silence, resetEverywhere, lostAcknowledgement, slowLine, restartStorm, refusedResumption, brokenArchive, rewrittenHistory, skewedClock,
];
export { lineCount };
