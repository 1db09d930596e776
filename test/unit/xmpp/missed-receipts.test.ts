import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MessageOrigin } from '#bridge';
import type { ArchivedMessage } from '../../../bridges/xmpp/extensions/0313-message-archive.ts';
import { element, type XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { elementsOf, endOfQuery, fakeEngine, martaLink, nowMs, room, type FakeEngine } from '../../golden/xmpp/subject.ts';

const own = 'marta@levante.example';
const paul = 'paul@oriente.example/phone';
const dayMs = 24 * 60 * 60_000;

beforeEach(() => void vi.useFakeTimers({ now: nowMs, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

const one = (xml: string): XmlElement => elementsOf(xml)[0] ?? element('nothing');

const asking = (id: string, from = paul, to = own, more = '<body>hi</body>'): XmlElement =>
  one(`<message from="${from}" to="${to}" type="chat" id="${id}">${more}<request xmlns="urn:xmpp:receipts"/></message>`);

let count = 0;
const archived = (message: XmlElement, stampMs: number | null = nowMs - 1_000): ArchivedMessage => ({
  id: `archive-${(count += 1)}`,
  message,
  stampMs,
});

/** What goes out after these were read. @returns the ids of the messages that are confirmed, and to whom */
function answers(messages: readonly ArchivedMessage[], origin: MessageOrigin = 'catchup', whose: string | null = null): string[] {
  const link = martaLink(fakeEngine());
  return link.inbox.translateArchived(messages, origin, whose).replies.map(readAnswer);
}

const readAnswer = (reply: XmlElement): string =>
  `${reply.attribute('to')} ${reply.child('received', 'urn:xmpp:receipts')?.attribute('id')}`;

describe('a message that came while we were away', () => {
  it('is confirmed to a contact who asked for it', () => {
    const silent = one(`<message from="${paul}" to="${own}" type="chat" id="b"><body>no hurry</body></message>`);
    expect(answers([archived(asking('a')), archived(silent), archived(asking('c'))])).toEqual([
      'paul@oriente.example a',
      'paul@oriente.example c',
    ]);
  });

  it('is confirmed to nobody who may not see when we are there', () => {
    expect(answers([archived(asking('a', 'stranger@elsewhere.example/x'))])).toEqual([]);
    expect(answers([archived(asking('a', own, 'paul@oriente.example'))])).toEqual([]);
    expect(answers([archived(asking('a', paul, 'somebody@else.example'))])).toEqual([]);
  });

  it('is not confirmed when it is a week old, or nobody knows how old', () => {
    const old = archived(asking('a'), nowMs - 7 * dayMs - 1);
    const justYoung = archived(asking('b'), nowMs - 7 * dayMs);
    expect(answers([old, justYoung, archived(asking('c'), null)])).toEqual(['paul@oriente.example b']);
  });

  it('is not confirmed when it is no message, nor in a room, nor as history', () => {
    expect(answers([archived(asking('a', paul, own, '<composing xmlns="http://jabber.org/protocol/chatstates"/>'))])).toEqual([]);
    expect(answers([archived(asking('a'))], 'history')).toEqual([]);
    const inRoom = one(
      `<message from="${room}/paul" type="groupchat" id="r"><body>hi</body><request xmlns="urn:xmpp:receipts"/></message>`,
    );
    expect(answers([archived(inRoom)], 'catchup', room)).toEqual([]);
  });

  it('is not confirmed again when another device of ours did so', () => {
    const confirmed = one(
      `<message from="${own}/phone" to="${paul}"><received xmlns="urn:xmpp:receipts" id="a"/></message>`,
    );
    expect(answers([archived(asking('a')), archived(asking('b')), archived(confirmed)])).toEqual(['paul@oriente.example b']);
  });

  it('cannot be confirmed by somebody else in our place', () => {
    const forged = one(`<message from="${paul}" to="${own}"><received xmlns="urn:xmpp:receipts" id="a"/></message>`);
    expect(answers([archived(asking('a')), archived(forged)])).toEqual(['paul@oriente.example a']);
  });

  it('is confirmed once, however often it comes', () => {
    const engine = fakeEngine();
    const link = martaLink(engine);
    const page = [archived(asking('a'))];
    link.reply(link.inbox.translateArchived(page, 'catchup', null).replies);
    link.reply(link.inbox.translateArchived(page, 'catchup', null).replies);
    link.reply(link.inbox.translate([asking('a'), asking('b')]).replies);
    link.reply(link.inbox.translateArchived([archived(asking('b'))], 'catchup', null).replies);
    expect(engine.sent.map((xml) => /received [^>]*id="(\w)"/.exec(xml)?.[1])).toEqual(['a', 'b']);
  });

  it('is confirmed when the first confirmation could not go out', () => {
    const offline = { ...fakeEngine(), send: () => false };
    const link = martaLink(offline);
    const page = [archived(asking('a'))];
    link.reply(link.inbox.translateArchived(page, 'catchup', null).replies);
    expect(link.inbox.translateArchived(page, 'catchup', null).replies.map(readAnswer)).toEqual(['paul@oriente.example a']);
  });
});

describe('a page of the archive', () => {
  const result = (queryId: string, index: number, to: string): XmlElement =>
    one(
      `<message from="${to}"><result xmlns="urn:xmpp:mam:2" queryid="${queryId}" id="m${index}"><forwarded xmlns="urn:xmpp:forward:0">` +
        `<delay xmlns="urn:xmpp:delay" stamp="2026-06-01T11:00:00Z"/><message xmlns="jabber:client" from="${paul}" to="${own}"` +
        ` type="chat" id="i${index}"><body>${index}</body><request xmlns="urn:xmpp:receipts"/></message></forwarded></result></message>`,
    );

  /** A link whose archive holds `total` messages in one page. */
  function linkWithArchive(total: number, newestAtMs: number | null): { engine: FakeEngine; link: ReturnType<typeof martaLink> } {
    const engine = fakeEngine((payload) => {
      const queryId = payload.attribute('queryid') ?? '';
      for (let index = 0; index < total; index += 1) link.reader.claim(result(queryId, index, own));
      return Promise.resolve(endOfQuery());
    });
    const link = martaLink(engine);
    const archive = { ...link.journal.state.archive, newestAtMs };
    Object.assign(link.journal.state, { archive });
    return { engine, link };
  }

  it('is confirmed after it was stored, all at once', async () => {
    const { engine, link } = linkWithArchive(100, nowMs - dayMs);
    const sentWhenStored: number[] = [];
    const write = link.journal.write.bind(link.journal);
    vi.spyOn(link.journal, 'write').mockImplementation(async (entry) => {
      await write(entry);
      sentWhenStored.push(engine.sent.length);
    });
    await link.sync.catchUp();
    expect(sentWhenStored).toEqual([0]);
    expect(engine.sent).toHaveLength(100);
  });

  it('of the first sync is not', async () => {
    const { engine, link } = linkWithArchive(10, null);
    await link.sync.catchUp();
    expect(link.journal.state.archive.newestAtMs).not.toBeNull();
    expect(engine.sent).toEqual([]);
  });
});
