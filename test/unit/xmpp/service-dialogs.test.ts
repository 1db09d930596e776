import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { BridgeError, type DialogStep } from '#bridge';
import { readDataForm } from '../../../bridges/xmpp/extensions/0004-data-forms.ts';
import { BitsCache, cidOf, readBits } from '../../../bridges/xmpp/extensions/0231-bits-of-binary.ts';
import { ns } from '../../../bridges/xmpp/namespaces.ts';
import { findFormMedia } from '../../../bridges/xmpp/services/form-media.ts';
import { GatewayBook } from '../../../bridges/xmpp/services/gateway-book.ts';
import { openPasswordChange } from '../../../bridges/xmpp/services/password-dialog.ts';
import { openPrompt } from '../../../bridges/xmpp/services/prompt-dialog.ts';
import { openRegistration, openRemoval } from '../../../bridges/xmpp/services/register-dialog.ts';
import { inspectService } from '../../../bridges/xmpp/services/service-browser.ts';
import type { ServiceContext } from '../../../bridges/xmpp/services/service-context.ts';
import { networkBehind } from '../../../bridges/xmpp/services/service-kind.ts';
import type { IqRequest } from '../../../bridges/xmpp/stream/iq-tracker.ts';
import { StanzaError } from '../../../bridges/xmpp/stream/stanza-error.ts';
import { element, type XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { serialize } from '../../../bridges/xmpp/stream/xml/serialize.ts';
import { elementsOf } from '../../golden/xmpp/subject.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

const noSignal = new AbortController().signal;
const gateway = 'sms.levante.example';
const refuse = (condition: string, text?: string) => new StanzaError(condition, text, gateway);
const parse = (xml: string): XmlElement => {
  const [found] = elementsOf(xml);
  if (found === undefined) throw new Error('nothing to read');
  return found;
};
const answered = (xml: string): XmlElement => element('iq', { xmlns: ns.client, type: 'result' }, parse(xml));

type Script = (payload: XmlElement, to: string | undefined) => XmlElement | Error;

/** A context whose other side answers by a script; `asked` is what went out. */
const contextOf = (script: Script, more: Partial<ServiceContext> = {}) => {
  const asked: string[] = [];
  const downloads: string[] = [];
  const context: ServiceContext = {
    ownBareJid: 'marta@levante.example',
    domain: 'levante.example',
    files: {
      download: async ({ sources: [source] }: { sources: readonly { url: string }[] }, path: string) => {
        downloads.push(source?.url ?? '');
        await writeFile(path, 'picture', { flag: 'wx' });
      },
    } as ServiceContext['files'],
    server: { isUploadHost: (host) => host === 'files.oriente.example', requestSlot: () => Promise.reject(new BridgeError('unsupported')) },
    bits: new BitsCache(),
    secrets: { get: async () => null, set: async () => undefined, delete: async () => undefined },
    dataDir: tempFolder('dialogs'),
    request: async ({ payload, to }: IqRequest) => {
      asked.push(serialize(payload));
      const answer = script(payload, to);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    ...more,
  };
  return { context, asked, downloads };
};
const press = (dialog: { answer: (action: 'complete', values: Record<string, string[]>, signal: AbortSignal) => Promise<DialogStep> }, values: Record<string, string[]> = {}) =>
  dialog.answer('complete', values, noSignal);

describe('an address behind a gateway', () => {
  const prompt = '<query xmlns="jabber:iq:gateway"><desc>Whom?</desc><prompt>Number</prompt></query>';
  const script = (jid: string): Script => (payload) => answered(payload.child('prompt') === undefined ? prompt : `<query xmlns="jabber:iq:gateway"><jid>${jid}</jid></query>`);

  it('is found by the words of that network', async () => {
    const { context, asked } = contextOf(script(`34600123456@${gateway}`));
    const dialog = await openPrompt({ address: gateway }, context, noSignal);
    expect(dialog.first.form).toMatchObject({ instructions: ['Whom?'], fields: [{ label: 'Number', isRequired: true }] });
    expect(await press(dialog, { prompt: ['+34 600 123 456'] })).toMatchObject({ state: 'done', address: `34600123456@${gateway}` });
    expect(asked.at(-1)).toContain('<prompt>+34 600 123 456</prompt>');
  });

  it('is none of somebody else, whatever the gateway says', async () => {
    const { context } = contextOf(script('boss@levante.example'));
    const dialog = await openPrompt({ address: gateway }, context, noSignal);
    await expect(press(dialog, { prompt: ['1'] })).rejects.toMatchObject({ fault: { code: 'not-found' } });
  });
});

describe('registering with a service', () => {
  const form = '<query xmlns="jabber:iq:register"><instructions>Hello</instructions><key>k-1</key><username/><password/></query>';
  const withoutCommands: Script = (payload) => (payload.is('query', ns.discoItems) ? refuse('item-not-found') : answered(payload.elements().length === 0 ? form : '<done xmlns="x"/>'));

  it('fills in a form of old and gives back its key', async () => {
    const { context, asked } = contextOf(withoutCommands);
    const dialog = await openRegistration({ address: gateway }, context, noSignal);
    expect((await press(dialog, { username: ['marta'], password: ['pw'], key: ['forged'] })).notes[0]?.code).toBe('registered');
    expect(asked.at(-1)).toBe('<query xmlns="jabber:iq:register"><username>marta</username><password>pw</password><key>k-1</key></query>');
  });

  it('is led to a page where there is nothing to fill in', async () => {
    const link = '<query xmlns="jabber:iq:register"><x xmlns="jabber:x:oob"><url>https://oriente.example/join</url></x></query>';
    const { context } = contextOf((payload) => (payload.is('query', ns.discoItems) ? refuse('item-not-found') : answered(link)));
    expect((await openRegistration({ address: gateway }, context, noSignal)).first).toMatchObject({ state: 'done', link: 'https://oriente.example/join', notes: [{ code: 'open-link' }] });
  });

  it('shows a wrong password of the other network at its field, in the form that was just asked for anew', async () => {
    const { context, asked } = contextOf((payload) => {
      if (payload.is('query', ns.discoItems)) return refuse('item-not-found');
      return payload.elements().length === 0 ? answered(form) : refuse('internal-server-error', "('M_FORBIDDEN', 'Invalid password')");
    });
    const dialog = await openRegistration({ address: gateway }, context, noSignal);
    const again = await press(dialog, { username: ['a'] });
    expect(again).toMatchObject({ state: 'open', notes: [{ kind: 'error', code: 'refused', field: 'password', text: "('M_FORBIDDEN', 'Invalid password')" }], actions: ['complete'] });
    expect(again.form?.fields.map(({ name }) => name)).toEqual(['username', 'password', 'key']);
    expect(asked.at(-1)).toBe('<query xmlns="jabber:iq:register"/>');
  });

  it('keeps the form that was refused where no other is to be had', async () => {
    let count = 0;
    const { context } = contextOf((payload) => (payload.is('query', ns.discoItems) || (count += 1) > 1 ? refuse('conflict') : answered(form)));
    const dialog = await openRegistration({ address: gateway }, context, noSignal);
    expect(await press(dialog, { username: ['a'] })).toMatchObject({ state: 'open', form: dialog.first.form, notes: [{ code: 'name-taken', field: 'username' }] });
  });

  it('ends with a fault when nobody read what was entered', async () => {
    const { context } = contextOf((payload) => {
      if (payload.is('query', ns.discoItems)) return refuse('item-not-found');
      return payload.elements().length === 0 ? answered(form) : refuse('remote-server-timeout');
    });
    const dialog = await openRegistration({ address: gateway }, context, noSignal);
    await expect(press(dialog, { username: ['a'] })).rejects.toMatchObject({ fault: { code: 'server-unreachable' } });
  });

  it('is taken back only after a question', async () => {
    const { context, asked } = contextOf(withoutCommands);
    const dialog = await openRemoval({ address: gateway }, context, noSignal);
    expect(asked.join()).not.toContain('remove');
    expect(dialog.first.notes).toEqual([{ kind: 'warning', text: '', code: 'unregister-question' }]);
    expect((await press(dialog)).notes[0]?.code).toBe('unregistered');
    expect(asked.at(-1)).toContain('<remove');
  });
});

describe('a new password', () => {
  const asksMore = (type: string): StanzaError =>
    StanzaError.from(
      parse(`<iq type="error" from="levante.example"><query xmlns="jabber:iq:register"><x xmlns="jabber:x:data" type="${type}"><field var="FORM_TYPE" type="hidden"><value>jabber:iq:register:changepassword</value></field>
      <field var="username" type="text-single"/><field var="old_password" type="text-private" label="Old password"><required/></field><field var="password" type="text-private"><required/></field></x></query>
      <error type="modify"><not-authorized xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>`),
    );
  const both = { password: ['nuevo'], repeat: ['nuevo'] };

  it('is set with what the server asks in the form that comes with its refusal', async () => {
    const kept: string[] = [];
    const { context, asked } = contextOf((payload) => (payload.child('x', ns.dataForms) === undefined ? asksMore('form') : answered('<done xmlns="x"/>')), {
      secrets: { get: async () => null, set: async (_name, value) => void kept.push(value), delete: async () => undefined },
    });
    const dialog = await openPasswordChange({}, context, noSignal);
    const more = await press(dialog, both);
    expect(more).toMatchObject({ state: 'open', notes: [{ kind: 'error', code: 'refused' }] });
    expect(more.form?.fields.map(({ name, values }) => [name, ...values])).toEqual([['FORM_TYPE', 'jabber:iq:register:changepassword'], ['username', 'marta'], ['old_password'], ['password', 'nuevo']]);
    expect(kept).toEqual([]);
    expect((await press(dialog, { username: ['marta'], old_password: ['viejo'], password: ['nuevo'] })).notes[0]?.code).toBe('password-changed');
    expect(asked.at(-1)).toContain('<field var="old_password"><value>viejo</value></field>');
    expect(kept).toEqual(['nuevo']);
  });

  it('is asked for again in the form it has, told at its field; what we sent comes back as no form', async () => {
    const { context } = contextOf(() => new StanzaError('not-acceptable', 'The password is too weak', undefined, asksMore('submit').stanza));
    const dialog = await openPasswordChange({}, context, noSignal);
    expect(await press(dialog, both)).toMatchObject({ form: dialog.first.form, notes: [{ code: 'not-accepted', field: 'password', text: 'The password is too weak' }] });
  });
});

describe('the picture of a form', () => {
  const bytes = Buffer.from('some picture');
  const cid = `sha1+${createHash('sha1').update(bytes).digest('hex')}@bob.xmpp.org`;
  const data = (name: string, content = bytes) => `<data xmlns="urn:xmpp:bob" cid="${name}" type="image/png">${content.toString('base64')}</data>`;
  const formWith = (uri: string, type = 'image/png') =>
    parse(`<x xmlns="jabber:x:data" type="form"><field var="p"><media xmlns="urn:xmpp:media-element"><uri type="${type}">${uri}</uri></media></field></x>`);
  const find = async (uri: string, script: Script, more: Partial<ServiceContext> = {}, type = 'image/png') => {
    const { context, asked, downloads } = contextOf(script, more);
    const form = formWith(uri, type);
    const finder = await findFormMedia(element('iq', { xmlns: ns.client }), form, gateway, context, noSignal);
    return { found: finder(uri, type), asked, downloads, context };
  };
  const nobody: Script = () => refuse('item-not-found');

  it('is asked of whom the form came from, by its hash, and only once', async () => {
    const { found, asked, context } = await find(`cid:${cid}`, (_payload, to) => (to === gateway ? answered(data(cid)) : refuse('item-not-found')));
    expect(Buffer.from(found?.bytes ?? []).toString()).toBe('some picture');
    await findFormMedia(element('iq', { xmlns: ns.client }), formWith(`cid:${cid}`), gateway, context, noSignal);
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['other bytes under that name', data(cid, Buffer.from('something else'))],
    ['a hash that is none', data('md5+00000000@bob.xmpp.org')],
    ['nothing', '<data xmlns="urn:xmpp:bob"/>'],
    ['a megabyte', data(`sha1+${createHash('sha1').update(Buffer.alloc(1_000_000)).digest('hex')}@bob.xmpp.org`, Buffer.alloc(1_000_000))],
  ])('is not taken when it is %s', (_, xml) => {
    expect(readBits(element('iq', { xmlns: ns.client }, parse(xml)))).toEqual([]);
  });

  it('is fetched from our own server', async () => {
    for (const uri of ['https://upload.levante.example/a.png', 'https://files.oriente.example/a.png']) {
      const { found, downloads, context } = await find(uri, nobody);
      expect(downloads, uri).toEqual([uri]);
      expect(Buffer.from(found?.bytes ?? []).toString()).toBe('picture');
      expect(readdirSync(context.dataDir)).toEqual([]);
    }
  });

  it.each([
    'https://evil.example/spy.png',
    'https://levante.example.evil.example/spy.png',
    'https://evillevante.example/spy.png',
    'http://levante.example/a.png',
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
    'https://user@evil.example/levante.example',
  ])('is not fetched from %s', async (uri) => {
    const { found, downloads } = await find(uri, nobody);
    expect(found).toBeNull();
    expect(downloads).toEqual([]);
  });

  it('costs one upload slot an account, however many hosts a form names', async () => {
    let slots = 0;
    const server = {
      isUploadHost: () => false,
      requestSlot: () => {
        slots += 1;
        return Promise.reject(new BridgeError('unsupported'));
      },
    };
    const uris = Array.from({ length: 10 }, (_, index) => `<uri type="image/png">https://host${index}.example/a.png</uri>`);
    const media = [uris.slice(0, 5), uris.slice(5)].map((some) => `<media xmlns="urn:xmpp:media-element">${some.join('')}</media>`).join('');
    const form = parse(`<x xmlns="jabber:x:data" type="form"><field var="ocr">${media}</field></x>`);
    const { context } = contextOf(() => new BridgeError('not-found'), { server });
    for (let page = 0; page < 3; page += 1) await findFormMedia(element('iq', { xmlns: ns.client }), form, gateway, context, noSignal);
    expect(slots).toBe(1);
  });

  it('may be a sound or a film, of which two are fetched, each no larger than two megabytes', async () => {
    const uris = [1, 2, 3].map((index) => `https://upload.levante.example/${index}.wav`);
    const limits: number[] = [];
    const files = {
      download: async (_source: unknown, path: string, maxBytes: number) => {
        limits.push(maxBytes);
        await writeFile(path, 'sound');
      },
    } as unknown as ServiceContext['files'];
    const { context } = contextOf(nobody, { files });
    const media = uris.map((uri) => `<media xmlns="urn:xmpp:media-element"><uri type="audio/x-wav">${uri}</uri></media>`).join('');
    const form = parse(`<x xmlns="jabber:x:data" type="form"><field var="audio_recog">${media}</field></x>`);
    const finder = await findFormMedia(element('iq', { xmlns: ns.client }), form, gateway, context, noSignal);
    expect(uris.map((uri) => finder(uri, 'audio/x-wav') !== null)).toEqual([true, true, false]);
    expect(limits).toEqual([2 * 1024 * 1024, 2 * 1024 * 1024]);
  });

  it('on a server of others is told as a link, once for each medium, and only over https', async () => {
    const media = (...found: string[]) => `<media xmlns="urn:xmpp:media-element">${found.map((uri) => `<uri type="audio/ogg">${uri}</uri>`).join('')}</media>`;
    const form = parse(`<x xmlns="jabber:x:data" type="form"><field var="a">${media('http://evil.example/1', 'https://evil.example/2', 'https://evil.example/3')}${media('file:///etc/passwd')}</field></x>`);
    const { context, downloads } = contextOf(nobody);
    const finder = await findFormMedia(element('iq', { xmlns: ns.client }), form, gateway, context, noSignal);
    expect(readDataForm(form, finder).fields[0]).toMatchObject({ mediaLinks: [{ mime: 'audio/ogg', url: 'https://evil.example/2' }] });
    expect(readDataForm(form, finder).fields[0]?.mediaLinks).toHaveLength(1);
    expect(downloads).toEqual([]);
  });

  it('is nothing else', async () => {
    const { downloads } = await find('https://upload.levante.example/a.html', nobody, {}, 'text/html');
    expect(downloads).toEqual([]);
  });

  it.each(['cid:x', 'cid:sha1+zz@bob.xmpp.org', `cid:${cid}@evil.example`, 'sha1+00000000@bob.xmpp.org'])('has no name like %s', (uri) => {
    expect(cidOf(uri)).toBeNull();
  });

  it('is forgotten when too much is remembered', () => {
    const cache = new BitsCache();
    for (let index = 0; index < 100; index += 1) cache.put({ cid: `c${index}`, mime: 'image/png', bytes: new Uint8Array(100_000) });
    expect(cache.get('c0')).toBeUndefined();
    expect(cache.get('c99')).toBeDefined();
  });
});

describe('a gateway', () => {
  it.each([
    [[{ category: 'gateway', type: 'whatsapp', name: null }], 'whatsapp'],
    [[{ category: 'conference', type: 'text', name: null }, { category: 'gateway', type: 'Signal', name: null }], 'signal'],
    [[{ category: 'conference', type: 'irc', name: null }], 'irc'],
    [[{ category: 'conference', type: 'text', name: null }], null],
    [[{ category: 'gateway', type: '<script>', name: null }], null],
    [[{ category: 'gateway', type: 'x'.repeat(40), name: null }], null],
    [[], null],
  ])('is known by what it says: %j', (identities, network) => {
    expect(networkBehind(identities)).toBe(network);
  });

  it('is remembered over a restart, and only in the shape of this version', () => {
    const book = new GatewayBook();
    expect(book.learn(gateway, { network: 'sms', name: 'SMS', isRegistered: true })).toBe(true);
    expect(book.learn(gateway, { network: 'sms', name: 'SMS', isRegistered: true })).toBe(false);
    const again = new GatewayBook(JSON.parse(JSON.stringify(book.saved)));
    expect([again.networkOf(`346@${gateway}`), again.networkOf('346@other.example'), again.isRegistered(gateway)]).toEqual(['sms', undefined, true]);
    expect(new GatewayBook({ [gateway]: { network: '../x' }, other: 7, more: null }).domains).toEqual([]);
    expect(new GatewayBook('text').domains).toEqual([]);
  });

  it('is one of at most sixty', () => {
    const book = new GatewayBook();
    for (let index = 0; index < 100; index += 1) book.learn(`g${index}.example`, { network: 'irc', name: null, isRegistered: false });
    expect(book.domains).toHaveLength(60);
  });

  it('speaks for itself under its own name; its people keep theirs', () => {
    const book = new GatewayBook({ [gateway]: { network: 'sms', name: 'SMS', isRegistered: false }, 'irc.example': { network: 'irc', name: 'IRC', isRegistered: false } });
    expect(book.titleOf(gateway)).toBe(`SMS · ${gateway}`);
    expect(book.titleOf(`346@${gateway}`)).toBeNull();
    expect(book.titleOf('libera.chat@irc.example')).toBe('libera.chat · irc.example');
    expect(book.titleOf('ben%libera.chat@irc.example')).toBeNull();
  });
});

it('a service that answers with nonsense is shown as one that offers nothing', async () => {
  const { context } = contextOf(() => answered('<nonsense xmlns="x"/>'));
  expect(await inspectService('odd.example', null, context, noSignal)).toMatchObject({ kind: 'other', can: [], items: [], features: [] });
  await expect(inspectService('two words', null, context, noSignal)).rejects.toMatchObject({ fault: { code: 'wrong-address' } });
});
