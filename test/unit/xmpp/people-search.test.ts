/** Finding people: which service is asked, and turning its pages (XEP-0055, XEP-0059). */
import { describe, expect, it } from 'vitest';
import type { Dialog } from '#bridge';
import { PeopleDirectory } from '../../../bridges/xmpp/services/people-directory.ts';
import { openSearch } from '../../../bridges/xmpp/services/search-dialog.ts';
import type { ServiceContext } from '../../../bridges/xmpp/services/service-context.ts';
import type { XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { StanzaError } from '../../../bridges/xmpp/stream/stanza-error.ts';
import { serialize } from '../../../bridges/xmpp/stream/xml/serialize.ts';
import { elementsOf } from '../../golden/xmpp/subject.ts';

const noSignal = new AbortController().signal;
const rsm = 'http://jabber.org/protocol/rsm';
const iq = (xml: string): XmlElement => {
  const [read] = elementsOf(`<iq type="result">${xml}</iq>`);
  if (read === undefined) throw new Error('nothing to read');
  return read;
};
const info = (identity: string, ...features: string[]): XmlElement =>
  iq(`<query xmlns="http://jabber.org/protocol/disco#info">${identity}${features.map((name) => `<feature var="${name}"/>`).join('')}</query>`);
const items = (...jids: string[]): XmlElement => iq(`<query xmlns="http://jabber.org/protocol/disco#items">${jids.map((jid) => `<item jid="${jid}"/>`).join('')}</query>`);
const form = iq('<query xmlns="jabber:iq:search"><instructions>Who?</instructions><nick/></query>');

/** A server of so many people, named p0, p1 …, that gives them by twos. */
function server(people: number, features: readonly string[] = [rsm], tells = true) {
  const asked: string[] = [];
  const page = (query: XmlElement): XmlElement => {
    const set = query.child('set', rsm);
    const after = set?.childText('after');
    const before = set?.childText('before');
    const start = after !== undefined ? Number(after) + 1 : before !== undefined ? Math.max(0, Number(before) - 2) : 0;
    const shown = Array.from({ length: people }, (_, index) => index).slice(start, set === undefined ? people : start + 2);
    const list = shown.map((index) => `<item jid="p${index}@levante.example"><nick>P${index}</nick></item>`).join('');
    const bounds = `<set xmlns="${rsm}"><first index="${shown[0] ?? 0}">${shown[0] ?? ''}</first><last>${shown.at(-1) ?? ''}</last><count>${people}</count></set>`;
    return iq(`<query xmlns="jabber:iq:search">${list}${set !== undefined && tells ? bounds : ''}</query>`);
  };
  const context = {
    ownBareJid: 'marta@levante.example',
    domain: 'levante.example',
    request: ({ payload, to, type }: { payload: XmlElement; to?: string; type: string }) => {
      asked.push(`${to ?? ''} ${serialize(payload)}`);
      if (payload.is('query', 'http://jabber.org/protocol/disco#info')) return Promise.resolve(info('', ...features));
      return Promise.resolve(type === 'get' ? form : page(payload));
    },
  } as unknown as ServiceContext;
  return { context, asked };
}
const open = (context: ServiceContext): Promise<Dialog> => openSearch({ address: 'users.levante.example' }, context, noSignal);
const shown = (step: Awaited<ReturnType<Dialog['answer']>>): unknown => [step.form?.table?.rows.map(([jid]) => jid?.slice(0, 2)), step.actions];

describe('pages of people', () => {
  it('are turned forwards and back; other words begin anew', async () => {
    const { context, asked } = server(5);
    const dialog = await open(context);
    const words = { nick: ['p'] };
    expect(shown(await dialog.answer('complete', words, noSignal))).toEqual([['p0', 'p1'], ['complete', 'next']]);
    expect(shown(await dialog.answer('next', words, noSignal))).toEqual([['p2', 'p3'], ['complete', 'next', 'previous']]);
    expect(shown(await dialog.answer('next', words, noSignal))).toEqual([['p4'], ['complete', 'previous']]);
    expect(shown(await dialog.answer('previous', words, noSignal))).toEqual([['p2', 'p3'], ['complete', 'next', 'previous']]);
    expect(shown(await dialog.answer('next', { nick: ['q'] }, noSignal))).toEqual([['p0', 'p1'], ['complete', 'next']]);
    expect(asked.at(-1)).not.toContain('<after>');
  });

  it.each([
    ['does not say that it has any', server(5, []), 5],
    ['says so and gives everything', server(5, [rsm], false), 2],
  ])('are not offered where the service %s', async (_how, { context }, count) => {
    const step = await (await open(context)).answer('complete', {}, noSignal);
    expect([step.form?.table?.rows.length, step.actions]).toEqual([count, ['complete']]);
  });
});

describe('the directory of our server', () => {
  const found = async (services: Readonly<Record<string, XmlElement | Error>>) => {
    const asked: string[] = [];
    const request = ({ payload, to = '' }: { payload: XmlElement; to?: string }): Promise<XmlElement> => {
      if (payload.is('query', 'http://jabber.org/protocol/disco#items')) return Promise.resolve(items(...Object.keys(services)));
      if (payload.is('query', 'jabber:iq:search')) {
        asked.push(to);
        return Promise.resolve(form);
      }
      const answer = services[to] ?? info('');
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    };
    const directory = new PeopleDirectory({ domain: 'levante.example', request } as unknown as ServiceContext);
    return { opened: directory.open(noSignal), asked };
  };
  const search = 'jabber:iq:search';

  it('is the service that says so, not a gateway, a room service or one that is silent', async () => {
    const { opened, asked } = await found({
      'wa.levante.example': info('<identity category="gateway" type="whatsapp"/>', search),
      'dead.levante.example': new StanzaError('remote-server-timeout', undefined, 'dead.levante.example'),
      'muc.levante.example': info('<identity category="conference" type="text"/>', search),
      'users.levante.example': info('<identity category="directory" type="user"/>', search),
    });
    expect((await opened).first.form?.fields.map(({ name }) => name)).toEqual(['nick']);
    expect(asked).toEqual(['users.levante.example']);
  });

  it('is missed in words where there is none', async () => {
    const { opened } = await found({ 'wa.levante.example': info('<identity category="gateway" type="whatsapp"/>', search) });
    await expect(opened).rejects.toMatchObject({ fault: { code: 'unsupported' } });
  });
});
