/** Rows 1 to 12 of the known holes of this kind of program. `FORGED` must never be seen, `GOOD` must. */
import type { HostileCase, HostileServer, HostileSession } from '../hostile-server.ts';

const forged = (text = 'FORGED'): string => `<body>${text}</body>`;
const forwarded = (message: string): string => `<forwarded xmlns='urn:xmpp:forward:0'>${message}</forwarded>`;
const inner = ({ bare, server }: HostileSession, body: string, id = 'x'): string =>
  `<message xmlns='jabber:client' from='friend@${server.domain}/p' to='${bare}' type='chat' id='${id}'>${body}</message>`;
const carbon = (session: HostileSession, from: string, body: string, id?: string): string =>
  `<message from='${from}' to='${session.jid}' type='chat'><received xmlns='urn:xmpp:carbons:2'>${forwarded(inner(session, body, id))}</received></message>`;

const carbons: HostileCase = {
  id: 'A2-1',
  title: 'carbon copies from somebody else',
  expected: 'nothing with FORGED is shown; GOOD is, once',
  play(session) {
    const { domain } = session.server;
    const senders = [`mallory@${domain}/x`, `room@muc.${domain}/mallory`, `other@${domain}`, domain, `${session.bare}.evil`, `mallory@elsewhere.test`];
    for (const sender of senders) session.say(carbon(session, sender, forged()));
    session.say(carbon(session, session.bare, '<body>GOOD</body>', 'carbon-good'));
  },
};

const rosterPushes: HostileCase = {
  id: 'A2-2',
  title: 'roster pushes from somebody else',
  expected: 'no contact FORGED; every push is answered with an error',
  faults: ({ received }) =>
    received.filter((xml) => /^<iq [^>]*id=["']push-\d/.test(xml) && !/type=["']error["']/.test(xml)).map((xml) => `took a roster push: ${xml}`),
  play(session) {
    const { domain } = session.server;
    for (const [index, from] of [`friend@${domain}`, `other@${domain}`, domain, `mallory@elsewhere.test`, `${session.bare}.evil`].entries()) {
      session.say(
        `<iq type='set' id='push-${index}' from='${from}' to='${session.jid}'><query xmlns='jabber:iq:roster'>` +
          `<item jid='friend@${domain}' name='FORGED' subscription='both'/><item jid='forged@${domain}' name='FORGED' subscription='both'/></query></iq>`,
      );
    }
  },
};

const archiveResults: HostileCase = {
  id: 'A2-3',
  title: 'archive results that nobody asked for',
  expected: 'nothing with FORGED is shown',
  play(session) {
    const result = (from: string, queryId: string): string =>
      `<message from='${from}' to='${session.jid}'><result xmlns='urn:xmpp:mam:2' queryid='${queryId}' id='f1'>` +
      `<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'/>${inner(session, forged())}</forwarded></result></message>`;
    const asked = session.server.received.findLast((iq) => iq.includes('queryid=')) ?? '';
    const endedQuery = /queryid="([^"]*)"/.exec(asked)?.[1] ?? 'none';
    for (const queryId of ['', 'unknown', endedQuery]) {
      for (const from of [session.bare, `friend@${session.server.domain}`, session.server.domain, `room@muc.${session.server.domain}`]) session.say(result(from, queryId));
    }
    session.say(
      `<message from='${session.bare}' to='${session.jid}'><received xmlns='urn:xmpp:carbons:2'>${forwarded(result(session.bare, 'unknown').replace('<message', `<message xmlns='jabber:client'`))}</received></message>`,
    );
  },
};

const personalEvents: HostileCase = {
  id: 'A2-4',
  title: 'our own settings, pushed by a contact',
  expected: 'no room of evil.test is joined, nothing is marked as read, no profile of ours changes',
  faults: ({ received }) => received.filter((xml) => xml.includes('evil.test')).map((xml) => `followed a stranger: ${xml}`),
  play(session) {
    session.sayGood(`unread-${session.server.peers.length}`);
    const push = (from: string, node: string, id: string, payload: string): string =>
      `<message from='${from}' to='${session.jid}' type='headline'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='${node}'><item id='${id}'>${payload}</item></items></event></message>`;
    const last = session.server.archived.at(-1)?.id ?? '';
    for (const from of [`friend@${session.server.domain}`, `mallory@elsewhere.test`, session.server.domain, `${session.bare}.evil`]) {
      session.say(push(from, 'urn:xmpp:bookmarks:1', 'room@evil.test', `<conference xmlns='urn:xmpp:bookmarks:1' autojoin='true' name='FORGED'><nick>x</nick></conference>`));
      session.say(push(from, 'storage:bookmarks', 'current', `<storage xmlns='storage:bookmarks'><conference jid='room@evil.test' autojoin='true' name='FORGED'><nick>x</nick></conference></storage>`));
      session.say(push(from, 'urn:xmpp:mds:displayed:0', `friend@${session.server.domain}`, `<displayed xmlns='urn:xmpp:mds:displayed:0'><stanza-id xmlns='urn:xmpp:sid:0' id='${last}' by='${session.bare}'/></displayed>`));
      session.say(push(from, 'eu.siacs.conversations.axolotl.devicelist', 'current', `<list xmlns='eu.siacs.conversations.axolotl'><device id='666'/></list>`));
    }
  },
};

const othersMessages: HostileCase = {
  id: 'A2-5',
  title: 'changes of what somebody else wrote',
  expected: 'every ORIGINAL is shown as it was written; nothing with FORGED changes it',
  play(session) {
    const { domain } = session.server;
    const original = `ORIGINAL-${session.server.peers.length}`;
    session.sayGood(original);
    const archiveId = session.server.archived.at(-1)?.id ?? '';
    for (const from of [`mallory@${domain}/x`, `friend@elsewhere.test/phone`, domain]) {
      const change = (id: string, payload: string): void =>
        session.say(`<message from='${from}' to='${session.jid}' type='chat' id='c${id}'>${payload}</message>`);
      for (const id of [`g-${original}`, archiveId]) {
        change(id, `${forged()}<replace xmlns='urn:xmpp:message-correct:0' id='${id}'/>`);
        change(id, `<retract xmlns='urn:xmpp:message-retract:1' id='${id}'/>${forged()}`);
        change(id, `<apply-to xmlns='urn:xmpp:fasten:0' id='${id}'><retract xmlns='urn:xmpp:message-retract:0'/></apply-to>`);
        change(id, `<apply-to xmlns='urn:xmpp:fasten:0' id='${id}'><moderated xmlns='urn:xmpp:message-moderate:0' by='x'><retract xmlns='urn:xmpp:message-retract:0'/></moderated></apply-to>`);
      }
    }
    // Whom we wrote to knows the name of our message and sits in the same conversation: only its author may change it.
    const ours = `o-${original}`;
    const sent = `<message xmlns='jabber:client' from='${session.bare}/other' to='friend@${domain}' type='chat' id='${ours}'><body>${original}-OURS</body></message>`;
    session.say(`<message from='${session.bare}' to='${session.jid}' type='chat'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>${sent}</forwarded></sent></message>`);
    const byFriend = (payload: string): void => session.say(`<message from='friend@${domain}/phone' to='${session.jid}' type='chat' id='f-${ours}'>${payload}</message>`);
    byFriend(`${forged()}<replace xmlns='urn:xmpp:message-correct:0' id='${ours}'/>`);
    byFriend(`<retract xmlns='urn:xmpp:message-retract:1' id='${ours}'/>`);
    byFriend(`<apply-to xmlns='urn:xmpp:fasten:0' id='${ours}'><retract xmlns='urn:xmpp:message-retract:0'/></apply-to>`);
  },
};

const stanza = (session: HostileSession): string =>
  `<message from='friend@${session.server.domain}/p' to='${session.jid}' type='chat' id='smuggled'>${forged()}</message>`;

/** What breaks a stream; nothing behind it may count. */
const smuggles: readonly ((session: HostileSession) => string | Buffer)[] = [
  () => `<message><!-- hidden --><body>FORGED</body></message>`,
  () => `<?evil x?>`,
  () => `<message><body>\u0000FORGED</body></message>`,
  () => Buffer.concat([Buffer.from('<message><body>'), Buffer.from([0xc0, 0xaf]), Buffer.from('FORGED</body></message>')]),
  () => Buffer.concat([Buffer.from('<message><body>'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('</body></message>')]),
  () => `<message><body><stream:stream/>FORGED</body></message>`,
  () => `<message><body>&evil;</body></message>`,
  () => `<message a='1' a='2'><body>FORGED</body></message>`,
  () => `<message><body>FORGED</message></body>`,
  () => `FORGED text between stanzas`,
  () => `<!DOCTYPE x [<!ENTITY e "FORGED">]>`,
];

const smuggling: HostileCase = {
  id: 'A2-6',
  title: 'stanzas smuggled in behind what breaks the stream',
  expected: `ends the stream ${smuggles.length} times, shows nothing with FORGED, and comes back each time`,
  faults({ playCount, peers }) {
    const ended = peers.filter(({ isClosed, encrypted }) => isClosed && encrypted.includes('<presence')).length;
    return playCount > 0 && ended < smuggles.length ? [`ended the stream ${ended} times instead of ${smuggles.length}`] : [];
  },
  forgetsSessions: true,
  async play(session) {
    // In text it is only text, and in another namespace it is no message.
    session.say(`<message from='friend@${session.server.domain}/p' id='cdata-${session.server.peers.length}' type='chat'><body><![CDATA[</body></message><message><body>GOOD]]></body></message>`);
    session.say(`<message xmlns='jabber:server' from='friend@${session.server.domain}/p' type='chat'>${forged()}</message>`);
    const smuggle = smuggles[session.server.peers.filter((peer) => peer.encrypted.includes('<presence')).length - 1];
    if (smuggle === undefined) return;
    session.peer.send(smuggle(session));
    session.peer.send(stanza(session));
    await session.peer.closed;
    throw new Error('the client ended the stream, as it should');
  },
};

const timeStamps: HostileCase = {
  id: 'A2-8',
  title: 'impossible times',
  expected: 'every STAMP message is shown with a time between 1999 and now, and the list stays in order',
  play(session) {
    const stamps = ['-0001-01-01T00:00:00Z', '1601-01-01T00:00:00Z', '9999-12-31T23:59:59Z', 'NaN', '', '2026-06-30T23:59:60Z', '2026-02-31T00:00:00Z', '999999999-01-01T00:00:00Z', '2026-01-01T00:00:00+99:99', '1e400'];
    for (const [index, stamp] of stamps.entries()) {
      const from = `friend@${session.server.domain}/p`;
      session.say(
        `<message from='${from}' to='${session.jid}' type='chat' id='stamp-${index}'><body>STAMP-${index}</body><delay xmlns='urn:xmpp:delay' from='${session.server.domain}' stamp='${stamp}'/></message>`,
      );
    }
  },
};

/** Shapes that ended other programs (CVE-2010-1624, CVE-2011-2943, CVE-2013-6477 and kin). */
const brokenShapes: HostileCase = {
  id: 'A2-9',
  title: 'stanzas of shapes that nobody expects',
  expected: 'stays connected and goes on',
  play(session) {
    const { jid, bare } = session;
    const { domain } = session.server;
    const friend = `friend@${domain}/p`;
    const shapes = [
      `<message/>`, `<presence/>`, `<message from=''/>`, `<message from='@'/>`, `<message from='${friend}' type='error'/>`,
      `<message from='${friend}'><error/></message>`, `<message from='${friend}' type='groupchat'><body>x</body></message>`,
      `<message from='${friend}' id='1'><body/></message>`, `<message from='${friend}'><body xml:lang='x'>1</body><body>2</body></message>`,
      `<presence from='${friend}' type='nonsense'><priority>999999999999</priority><show>?</show></presence>`,
      `<presence from='${friend}'><c xmlns='http://jabber.org/protocol/caps'/><x xmlns='vcard-temp:x:update'/></presence>`,
      `<presence from='room@muc.${domain}/x'><x xmlns='http://jabber.org/protocol/muc#user'><item/></x></presence>`,
      `<iq type='set' from='${friend}' id='s1' to='${jid}'><si xmlns='http://jabber.org/protocol/si'/></iq>`,
      `<iq type='set' from='${friend}' id='j1' to='${jid}'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='a'/></iq>`,
      `<iq type='result' id='never-asked'/>`, `<iq type='error' from='${friend}' id='x'/>`, `<iq type='get' id='no-child' from='${friend}'/>`,
      `<message from='${friend}'><x xmlns='http://jabber.org/protocol/muc#user'><invite/></x></message>`,
      `<message from='${friend}'><received xmlns='urn:xmpp:receipts'/><displayed xmlns='urn:xmpp:chat-markers:0'/></message>`,
      `<message from='${friend}' id='r'><reactions xmlns='urn:xmpp:reactions:0'/><reply xmlns='urn:xmpp:reply:0'/></message>`,
      `<message from='${bare}'><sent xmlns='urn:xmpp:carbons:2'/></message>`,
      `<message from='${friend}'><event xmlns='http://jabber.org/protocol/pubsub#event'/></message>`,
      `<message from='${friend}'><body>${'\u202e'.repeat(2_000)}</body></message>`,
      `<message from='${friend}' id='${'i'.repeat(30_000)}'><body>long id</body></message>`,
    ];
    for (const shape of shapes) session.say(shape);
  },
};

const otherName: HostileCase = {
  id: 'A2-10',
  title: 'a certificate for another name, once SRV or somebody in the middle leads elsewhere',
  expected: 'no <auth/> in any connection; the fault is called by its name',
  faults: (server) => credentialsWithoutSession(server),
  async connect(peer, server, count) {
    if (count % 4 === 3) return false;
    await server.encrypt(peer, server.badCertificate);
    return true;
  },
};

/** The first of all is the trial when the account was added. */
const credentialsWithoutSession = ({ peers }: HostileServer): readonly string[] => {
  const asked = peers.filter(({ encrypted }) => encrypted.includes('<auth')).length;
  const signedIn = peers.filter(({ encrypted }) => /<presence|<resume/.test(encrypted)).length;
  return asked > signedIn + 1 ? [`sent credentials ${asked - signedIn - 1} times to whom they were not for`] : [];
};

const downgrade: HostileCase = {
  id: 'A2-11',
  title: 'encryption or the mechanism taken away after the first sign-in',
  expected: 'no credentials in clear, none for PLAIN',
  faults: credentialsWithoutSession,
  async connect(peer, server, count) {
    if (count % 3 === 2) return false;
    if (count % 3 === 0) {
      await peer.read(/<stream:stream[^>]*>/);
      peer.send(server.header(`<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>`));
    } else {
      // Refused for good by some clients: then a person decides, and nothing has leaked.
      await server.encrypt(peer, server.certificate);
      await peer.read(/<stream:stream[^>]*>/);
      peer.send(`<stream:error><undefined-condition/></stream:error>`);
    }
    return true;
  },
};

const fileNames: HostileCase = {
  id: 'A2-12',
  title: 'files with names that lead elsewhere',
  expected: 'names are shown without folders and control characters; nothing is written',
  play(session) {
    const names = ['../../.bashrc', '..%2f..%2fx', 'C:\\\\evil.exe', 'CON', `${'n'.repeat(300)}.txt`, '\u202etxt.exe', 'trailing.', '/etc/passwd'];
    for (const [index, name] of names.entries()) {
      const url = `https://files.${session.server.domain}/${encodeURIComponent(name)}`;
      session.say(
        `<message from='friend@${session.server.domain}/p' to='${session.jid}' type='chat' id='file-${index}-${session.server.peers.length}'><body>${url}</body><x xmlns='jabber:x:oob'><url>${url}</url></x>` +
          `<file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'><name>${name}</name><media-type>text/plain</media-type><size>5</size></file>` +
          `<sources><url-data xmlns='http://jabber.org/protocol/url-data' target='${url}'/></sources></file-sharing></message>`,
      );
    }
  },
};

export const knownHoles: readonly HostileCase[] = [
  carbons, rosterPushes, archiveResults, personalEvents, othersMessages, smuggling, timeStamps, brokenShapes, otherName, downgrade, fileNames,
];
