import type { BridgeEvent, BridgeHost } from '#bridge';
import { linkAccount, type AccountLink } from '../../../bridges/xmpp/account-link.ts';
import { freshState } from '../../../bridges/xmpp/state.ts';
import { StreamParser } from '../../../bridges/xmpp/stream/xml/stream-parser.ts';
import { element, type XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { serialize } from '../../../bridges/xmpp/stream/xml/serialize.ts';
import type { StreamEngine } from '../../../bridges/xmpp/stream/stream-engine.ts';
import { createFakeHost } from '../../kit/fake-host.ts';

export const room = 'room@muc.levante.example';
/** The golden files are written as if it were this moment. */
export const nowMs = Date.UTC(2026, 5, 1, 12);

export type FakeEngine = Pick<StreamEngine, 'send' | 'request' | 'sendMessage' | 'hasMessage' | 'serverAddress' | 'isOnline'> & {
  readonly sent: string[];
};

/** An engine that only writes down what would go out, and answers nothing. */
export function fakeEngine(answer: (stanza: XmlElement) => Promise<XmlElement> = () => new Promise(() => undefined)): FakeEngine {
  const sent: string[] = [];
  const write = (stanza: XmlElement): boolean => sent.push(serialize(stanza)) > 0;
  return {
    sent,
    send: write,
    sendMessage(stanza) {
      write(stanza);
      return Promise.resolve();
    },
    hasMessage: () => false,
    serverAddress: null,
    isOnline: true,
    request: ({ payload }) => answer(payload),
  };
}

/** Marta's account: Paul is a contact who sees her, and she is in one room. */
export function martaLink(engine: FakeEngine, host: BridgeHost = createFakeHost()): AccountLink {
  const link = linkAccount({
    stream: { jid: 'marta@levante.example', domain: 'levante.example' },
    host,
    state: freshState('here'),
    environment: {},
    engine: () => engine,
    isCaughtUp: () => true,
    mayAdvance: () => true,
  });
  const [roster] = elementsOf(
    `<iq type="result"><query xmlns="jabber:iq:roster"><item jid="paul@oriente.example" name="Paul" subscription="both"/></query></iq>`,
  );
  if (roster !== undefined) link.roster.load(roster);
  link.rooms.join(room, 'marta', { hasArchive: true, hasOccupantIds: true, hasTitles: true, title: 'Room' }).catch(() => undefined);
  const [self] = elementsOf(
    `<presence from="${room}/marta"><occupant-id xmlns="urn:xmpp:occupant-id:0" id="occ-me"/>` +
      `<x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="member" role="participant"/><status code="110"/></x></presence>`,
  );
  if (self !== undefined) link.rooms.receivePresence(self);
  link.rooms.join('bare@muc.levante.example', 'marta', { hasArchive: true, title: 'Bare' }).catch(() => undefined);
  const [selfInBare] = elementsOf(
    `<presence from="bare@muc.levante.example/marta">` +
      `<x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="participant"/><status code="110"/></x></presence>`,
  );
  if (selfInBare !== undefined) link.rooms.receivePresence(selfInBare);
  engine.sent.length = 0;
  return link;
}

/** The top-level elements of a file, read by our own parser; comments stand outside of them. */
export function elementsOf(xml: string): XmlElement[] {
  const elements: XmlElement[] = [];
  const parser = new StreamParser({
    onStreamStart: () => undefined,
    onElement: (read) => elements.push(read),
    onStreamEnd: () => undefined,
  });
  const withoutComments = xml.replace(/<!--.*?-->/gs, '');
  parser.write(
    Buffer.from(`<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams">${withoutComments}`),
  );
  return elements;
}

/** An archive's last word, empty: everything was sent before it. */
export const endOfQuery = (): XmlElement =>
  element('iq', { xmlns: 'jabber:client', type: 'result' }, element('fin', { xmlns: 'urn:xmpp:mam:2', complete: 'true' }));

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;

/** Random ids differ from run to run. */
export const withoutRandomIds = (text: string): string => text.replace(uuid, '(random)');

export const pretty = (events: readonly BridgeEvent[], replies: readonly string[]): string =>
  `${withoutRandomIds(JSON.stringify({ events, replies }, null, 2))}\n`;
