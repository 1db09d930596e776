// needs: nothing
import { describe, expect, it } from 'vitest';
import { readReactionLimits } from '../../../bridges/xmpp/extensions/0444-reactions.ts';
import { ReactionBook } from '../../../bridges/xmpp/reaction-limits.ts';
import type { XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { elementsOf } from '../../golden/xmpp/subject.ts';
import { until } from '../../kit/until.ts';

/** As slidge answers for a contact of a network with one reaction a person, and a few to choose from. */
const answer = (fields: string, type = 'urn:xmpp:reactions:0:restrictions'): XmlElement => {
  const [iq] = elementsOf(
    `<iq type="result" from="juliet@gw.example"><query xmlns="http://jabber.org/protocol/disco#info"><feature var="urn:xmpp:reactions:0"/>` +
      `<x xmlns="jabber:x:data" type="result"><field var="FORM_TYPE" type="hidden"><value>${type}</value></field>${fields}</x></query></iq>`,
  );
  if (iq === undefined) throw new Error('no answer');
  return iq;
};
const most = (value: string): string => `<field var="max_reactions_per_user"><value>${value}</value></field>`;

describe('what an answer says about reactions', () => {
  it('how many, and which', () => {
    const allowed = '<field var="allowlist"><value>👍</value><value> ❤️ </value><value>👍</value><value></value></field>';
    expect(readReactionLimits(answer(most('1') + allowed))).toEqual({ perPerson: 1, allowed: ['👍', '❤️'] });
    expect(readReactionLimits(answer(most('1')))).toEqual({ perPerson: 1 });
  });

  it('nothing, when it is about something else or makes no sense', () => {
    expect(readReactionLimits(answer(most('1'), 'urn:xmpp:dataforms:softwareinfo'))).toBeNull();
    for (const value of ['0', '-1', '1e9', 'many', '']) expect(readReactionLimits(answer(most(value))), value).toEqual({});
    const flood = Array.from({ length: 5_000 }, (_, index) => `<value>e${index}</value>`).join('');
    expect(readReactionLimits(answer(`<field var="allowlist">${flood}</field>`))?.allowed?.length).toBe(200);
    const long = `<field var="allowlist"><value>${'x'.repeat(41)}</value></field>`;
    expect(readReactionLimits(answer(long))).toEqual({});
  });
});

describe('who is asked', () => {
  const bookWith = (request: () => Promise<XmlElement>, mayAsk = true) => {
    const asked: string[] = [];
    const changed: string[] = [];
    const book = new ReactionBook({
      engine: {
        isOnline: true,
        request: ({ to }) => {
          asked.push(to ?? '');
          return request();
        },
      },
      mayAsk: () => mayAsk,
      askedAt: (jid) => (jid.startsWith('away@') ? null : `${jid}/phone`),
      onChange: (jid) => changed.push(jid),
    });
    return { book, asked, changed };
  };

  it('a contact, once, and the conversation hears of it', async () => {
    const { book, asked, changed } = bookWith(() => Promise.resolve(answer(most('1'))));
    expect(book.limits('juliet@gw.example')).toBeUndefined();
    await until(() => changed.length === 1);
    expect(book.limits('juliet@gw.example')).toEqual({ perPerson: 1 });
    expect({ asked, changed }).toEqual({ asked: ['juliet@gw.example/phone'], changed: ['juliet@gw.example'] });
  });

  it('never a stranger; who does not answer is not asked again and again', async () => {
    const stranger = bookWith(() => Promise.resolve(answer(most('1'))), false);
    stranger.book.limits('who@elsewhere.example');
    expect(stranger.asked).toEqual([]);
    const away = bookWith(() => Promise.resolve(answer(most('1'))));
    away.book.limits('away@gw.example');
    expect(away.asked).toEqual([]);
    const silent = bookWith(() => Promise.reject(new Error('no answer')));
    silent.book.limits('a@b.example');
    await Promise.resolve();
    silent.book.limits('a@b.example');
    expect(silent.asked).toHaveLength(1);
  });
});
