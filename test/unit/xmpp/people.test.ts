import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BridgeError, emptyProfile, type RemoteProfile } from '#bridge';
import { remotePersonId } from '#model';
import { mostAvatarBytes, remoteAvatar } from '../../../bridges/xmpp/avatars.ts';
import { buildVCard, readVCard, withPhoto } from '../../../bridges/xmpp/extensions/0054-vcard-temp.ts';
import { buildVCard4, readVCard4 } from '../../../bridges/xmpp/extensions/0292-vcard4-over-xmpp.ts';
import { Requests } from '../../../bridges/xmpp/requests.ts';
import { Roster } from '../../../bridges/xmpp/roster.ts';
import { StanzaError } from '../../../bridges/xmpp/stream/stanza-error.ts';
import { element, type XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { serialize } from '../../../bridges/xmpp/stream/xml/serialize.ts';
import { elementsOf, fakeEngine, martaLink } from '../../golden/xmpp/subject.ts';

const full: RemoteProfile = {
  fullName: 'Marta Ferrer',
  nickname: 'marta',
  organization: 'Levante',
  role: 'Sales',
  emails: ['marta@levante.example', 'm@levante.example'],
  phones: ['+34 600 123 456'],
  urls: ['https://levante.example'],
  address: 'Calle Mayor 1, Valencia',
  birthday: '1980-02-29',
  note: 'First line\nsecond line',
};
const one = (xml: string): XmlElement => {
  const [read] = elementsOf(xml);
  if (read === undefined) throw new Error('no element');
  return read;
};
const again = (built: XmlElement): XmlElement => one(serialize(element('iq', { xmlns: 'jabber:client' }, built))).elements()[0] as XmlElement;

describe('cards', () => {
  it('come back as they were written, in both forms', () => {
    expect(readVCard(again(buildVCard(full, undefined)))).toEqual(full);
    expect(readVCard4(again(buildVCard4(full)))).toEqual(full);
    expect(readVCard(again(buildVCard(emptyProfile, undefined)))).toEqual(emptyProfile);
  });

  it('keep what they held besides, and change the picture only', () => {
    const before = one('<vCard xmlns="vcard-temp"><FN>Old</FN><PHOTO><BINVAL>AAAA</BINVAL></PHOTO><KEY>k</KEY></vCard>');
    const built = serialize(again(buildVCard(full, before)));
    expect(built).toContain('<KEY>k</KEY>');
    expect(built).toContain('<BINVAL>AAAA</BINVAL>');
    expect(built).not.toContain('Old');
    expect(serialize(again(withPhoto(before, null)))).not.toContain('BINVAL');
  });

  it('of hostile people are cut, counted and freed of control characters', () => {
    const emails = Array.from({ length: 500 }, (_, index) => `<EMAIL><USERID>a${index}@b</USERID></EMAIL>`).join('');
    const read = readVCard(one(`<vCard xmlns="vcard-temp"><FN>${'x'.repeat(100_000)}</FN><NICKNAME>a&#9;b&#10;c</NICKNAME>${emails}</vCard>`));
    expect(read.fullName).toHaveLength(300);
    expect(read.nickname).toBe('a b c');
    expect(read.emails).toHaveLength(20);
    expect(readVCard4(one('<vcard xmlns="urn:other"/>'))).toBeNull();
  });

  it.each(['forbidden', 'item-not-found', 'service-unavailable'])('a refusal (%s) shows nobody and is no error', async (condition) => {
    const link = martaLink(fakeEngine(() => Promise.reject(new StanzaError(condition, undefined, undefined))));
    expect(await link.people.profiles.load(remotePersonId('paul@oriente.example'), AbortSignal.timeout(1_000))).toBeNull();
    expect(await link.people.profiles.lastActivity(remotePersonId('paul@oriente.example'), AbortSignal.timeout(1_000))).toBeNull();
  });

  it.each(['everybody', 'contacts'] as const)('of ours for %s: the older card, which everybody can read, says no more than that', async (visibility) => {
    const set: string[] = [];
    const link = martaLink(
      fakeEngine(async (payload) => {
        const xml = serialize(payload);
        if (payload.is('vCard', 'vcard-temp') && payload.elements().length === 0) {
          return one('<iq type="result"><vCard xmlns="vcard-temp"><FN>Old</FN><PHOTO><BINVAL>AAAA</BINVAL></PHOTO></vCard></iq>');
        }
        set.push(xml);
        return one('<iq type="result"/>');
      }),
    );
    await link.people.profiles.setOwn(full, visibility);
    const [older = '', card4 = ''] = set;
    expect(older).toContain('<BINVAL>AAAA</BINVAL>');
    expect(older).not.toContain('Old');
    expect(older.includes('marta@levante.example')).toBe(visibility === 'everybody');
    expect(older.includes('Marta Ferrer')).toBe(visibility === 'everybody');
    expect(card4).toContain('marta@levante.example');
    expect(card4).toContain(`<value>${visibility === 'everybody' ? 'open' : 'presence'}</value>`);
  });

  it('a server that is gone is an error', async () => {
    const link = martaLink(fakeEngine(() => Promise.reject(new BridgeError('offline'))));
    await expect(link.people.profiles.load(remotePersonId('paul@oriente.example'), AbortSignal.timeout(1_000))).rejects.toThrow();
  });
});

describe('pictures', () => {
  const path = (): string => join(mkdtempSync(join(tmpdir(), 'palomar-avatar-')), 'picture');
  const hashOf = (bytes: Buffer): string => createHash('sha1').update(bytes).digest('hex');
  const serve = (bytes: Buffer) =>
    martaLink(fakeEngine(async () => one(`<iq type="result"><vCard xmlns="vcard-temp"><PHOTO><BINVAL>${bytes.toString('base64')}</BINVAL></PHOTO></vCard></iq>`)));
  const fetch = async (bytes: Buffer, hash: string): Promise<string> => {
    const to = path();
    await serve(bytes).people.avatars.download(remoteAvatar('vcard', 'paul@oriente.example', hash), to, mostAvatarBytes, AbortSignal.timeout(1_000));
    return to;
  };

  it('count only when the bytes fit the hash', async () => {
    const bytes = Buffer.from('some bytes');
    expect(readFileSync(await fetch(bytes, hashOf(bytes)))).toEqual(bytes);
    await expect(fetch(bytes, hashOf(Buffer.from('others')))).rejects.toThrow();
    await expect(fetch(bytes, 'no-hash')).rejects.toThrow();
  });

  it('that are too large are not taken, whatever was announced', async () => {
    const bytes = Buffer.alloc(mostAvatarBytes + 1);
    await expect(fetch(bytes, hashOf(bytes))).rejects.toThrow();
  });

  it.each(['', 'null', '[]', '{"place":"http","jid":"a@b"}', '{"place":"pep","jid":"\\u0000@"}', 'http://evil.example/a.png'])('have no place %j', async (source) => {
    const avatar = { ...remoteAvatar('vcard', 'a@b', hashOf(Buffer.from('x'))), source };
    await expect(serve(Buffer.from('x')).people.avatars.download(avatar, path(), mostAvatarBytes, AbortSignal.timeout(1_000))).rejects.toThrow();
  });
});

describe('requests', () => {
  it('come back after a restart, without what was said, and never grow without bound', () => {
    const requests = new Requests();
    requests.add('a@x', 'wrote');
    requests.add('a@x', 'asks', { name: 'A', words: 'hello' });
    requests.add('a@x', 'wrote');
    expect(requests.asks('a@x')).toBe(true);
    const later = new Requests(requests.saved);
    expect([later.has('a@x'), later.asks('a@x'), later.introduction('a@x').words]).toEqual([true, true, null]);
    for (let index = 0; index < 1_000; index += 1) later.add(`p${index}@x`, 'wrote');
    expect(Object.keys(later.saved)).toHaveLength(300);
    expect(later.has('p999@x')).toBe(true);
    expect(later.settle('p999@x')).toBe(true);
    expect(later.settle('p999@x')).toBe(false);
  });

  it('are known by what they ask, until they are answered', async () => {
    const engine = fakeEngine();
    const link = martaLink(engine);
    const who = remotePersonId('new@elsewhere.example');
    expect(link.people.contacts.asksUs(who)).toBe(false);
    link.inbox.translate([one('<presence from="new@elsewhere.example" type="subscribe"/>')]);
    expect(link.people.contacts.asksUs(who)).toBe(true);
    engine.sent.length = 0;
    await link.people.contacts.setSeesUs(who, true);
    expect(engine.sent).toEqual(['<presence to="new@elsewhere.example" type="subscribed"/>']);
    expect(link.people.contacts.asksUs(who)).toBe(false);
  });

  it('of whom we asked ourselves need no decision', () => {
    const link = martaLink(fakeEngine());
    link.requests.preapprove('new@elsewhere.example');
    const translation = link.inbox.translate([one('<presence from="new@elsewhere.example" type="subscribe"/>')]);
    expect(translation.events).toEqual([]);
    expect(translation.replies.map((reply) => reply.attribute('type'))).toEqual(['subscribed']);
    link.requests.revoke('new@elsewhere.example');
    expect(link.inbox.translate([one('<presence from="new@elsewhere.example" type="subscribe"/>')]).events).not.toEqual([]);
  });
});

describe('the contact list', () => {
  const answer = (inside: string): XmlElement => one(`<iq type="result">${inside}</iq>`);

  it('stays as it is when the server answers with nothing', () => {
    const roster = new Roster();
    roster.load(answer('<query xmlns="jabber:iq:roster" ver="7"><item jid="a@x" name="A" subscription="both"><group>G</group></item></query>'));
    const saved = structuredClone(roster.saved);
    const later = new Roster(saved.roster, saved.rosterVersion);
    expect(later.version).toBe('7');
    expect(later.load(answer(''))).toEqual([]);
    expect(later.contact('a@x')).toMatchObject({ name: 'A', groups: ['G'] });
    later.push(one('<query xmlns="jabber:iq:roster" ver="8"><item jid="a@x" subscription="remove"/></query>'));
    expect([later.version, later.contact('a@x')]).toEqual(['8', undefined]);
  });

  it('without a version is asked for as a whole', () => {
    const roster = new Roster();
    expect(roster.version).toBeNull();
    roster.load(answer('<query xmlns="jabber:iq:roster"><item jid="a@x" subscription="both"/></query>'));
    expect(roster.version).toBeNull();
    expect(new Roster(null, '7').version).toBeNull();
  });
});

describe('our own presence', () => {
  it('is told once a change, in rooms too, and invisible people send none', async () => {
    const engine = fakeEngine();
    const link = martaLink(engine);
    const { ownPresence } = link.people;
    await ownPresence.setPresence('busy', 'In a meeting');
    expect(engine.sent).toEqual([]);
    ownPresence.announce();
    expect(engine.sent).toHaveLength(1);
    expect(engine.sent[0]).toMatch(/<show>dnd<\/show><status>In a meeting<\/status>/);
    engine.sent.length = 0;
    await ownPresence.setPresence('busy', 'In a meeting');
    expect(engine.sent).toEqual([]);
    await ownPresence.setIdle(Date.UTC(2026, 5, 1));
    expect(engine.sent.map((xml) => /to="([^"]*)"/.exec(xml)?.[1])).toEqual(expect.arrayContaining([undefined, 'room@muc.levante.example/marta']));
    expect(engine.sent[0]).toContain('since="2026-06-01T00:00:00Z"');
    engine.sent.length = 0;
    await ownPresence.setPresence('offline', '');
    expect(engine.sent[0]).toBe('<presence type="unavailable"/>');
    ownPresence.detach();
  });
});
