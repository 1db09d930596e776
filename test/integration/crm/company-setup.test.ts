/** One connection for a whole company: saved by one, read in by another, and nothing is written twice. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectionId, ConversationId } from '#rpc';
import { connections } from '../../../electron/engine/crm/ledger/connections.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { OAuthLabServer } from '../../lab/crm/oauth-server.ts';
import { createMemoryCrm, type MemoryCrm } from '../../unit/crm/memory-crm.ts';
import { createOAuthCrm } from './support/oauth-crm.ts';
import { openPushWorld, type PushWorld } from './support/push-world.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const passphrase = 'correct horse battery';
const password = 'hunter2-canary';

const engine = (crm: MemoryCrm, profileDir = tempFolder('company')): PushWorld => {
  const world = openPushWorld({ profileDir, connectors: [crm.connector] });
  ends.push(() => world.stop());
  return world;
};

/** The same conversation as the colleague's, with the same first messages. */
const talk = (world: PushWorld): ConversationId => {
  const conversation = world.addConversation({ name: 'Marta Ruiz', identifiers: [{ kind: 'phone', value: '+34600123456' }] });
  world.addMessage(conversation, { text: 'hola' });
  world.addMessage(conversation, { text: 'Buenos días', isOwn: true });
  return conversation;
};

const share = async (world: PushWorld, id: ConnectionId): Promise<string> => (await world.crm.exportSetup({ id, passphrase })).text;

/** With an address, so that "the same place" means something. */
const createCrm = (): MemoryCrm => {
  const crm = createMemoryCrm();
  const { manifest } = crm.connector;
  const url = { name: 'url', kind: 'url', isRequired: true, isAdvanced: false } as const;
  const user = { name: 'user', kind: 'text', isRequired: false, isAdvanced: false } as const;
  return { ...crm, connector: { ...crm.connector, manifest: { ...manifest, fields: [url, user, ...manifest.fields] }, origin: ({ url: typed = '' }) => new URL(typed).origin } };
};
const values = { url: 'https://crm.example/app', password };

describe('a connection that a company shares', () => {
  it('is recognised by a second computer: the same contact and note, once', async () => {
    const crm = createCrm();
    const first = engine(crm);
    const connection = await first.connect('memory', values);
    await first.pushAll(talk(first), connection);
    expect(crm.notes).toHaveLength(1);
    const text = await share(first, connection);

    const second = engine(crm);
    const info = await second.crm.readSetup({ text });
    expect(info).toMatchObject({ connectorId: 'memory', connectorName: 'Memory', name: 'memory', server: 'https://crm.example', values: { url: values.url }, known: [] });
    const { connection: theirs } = await second.crm.connect({ connectorId: 'memory', name: info.name, values, setup: { text, passphrase } });
    const conversation = talk(second);
    await second.pushAll(conversation, theirs.id);
    expect(crm.contacts).toHaveLength(1);
    expect(crm.notes).toHaveLength(1);
    expect((await second.crm.summary({ conversationId: conversation }))[0]).toMatchObject({ pushedMessageCount: 2, unpushedMessageCount: 0 });
  });

  it('would be doubled without the key: what the test above can see', async () => {
    const crm = createCrm();
    const [first, second] = [engine(crm), engine(crm)];
    for (const world of [first, second]) await world.pushAll(talk(world), await world.connect('memory', values));
    expect(crm.notes).toHaveLength(2);
  });

  it('keeps its key over a restart, beside connections of the computer’s own', async () => {
    const crm = createCrm();
    const first = engine(crm);
    const shared = await share(first, await first.connect('memory', values));
    const own = tempFolder('own');
    const second = engine(crm, own);
    const mine = await second.connect('memory', { ...values, url: 'https://mine.example' });
    const mineBefore = await second.crm.readSetup({ text: await share(second, mine) });
    const { connection } = await second.crm.connect({ connectorId: 'memory', name: 'Ours', values, setup: { text: shared, passphrase } });
    await second.stop();
    ends.pop();
    const again = engine(crm, own);
    expect((await again.crm.readSetup({ text: shared })).known).toMatchObject([{ id: connection.id, hasSameKey: true }]);
    expect(mineBefore.known).toMatchObject([{ id: mine, hasSameKey: true }]);
    expect((await again.crm.readSetup({ text: await share(again, mine) })).known).toMatchObject([{ id: mine, hasSameKey: true }]);
  });

  it('tells that this computer has written to the same place under another key, and how much', async () => {
    const crm = createCrm();
    const [first, second] = [engine(crm), engine(crm)];
    const text = await share(first, await first.connect('memory', values));
    const mine = await second.connect('memory', values);
    expect((await second.crm.readSetup({ text })).known).toEqual([{ id: mine, name: 'memory', hasSameKey: false, pushedConversationCount: 0 }]);
    await second.pushAll(talk(second), mine);
    expect((await second.crm.readSetup({ text })).known).toMatchObject([{ hasSameKey: false, pushedConversationCount: 1 }]);
  });

  it('brings the rules of what is hidden, and one click', async () => {
    const crm = createCrm();
    const [first, second] = [engine(crm), engine(crm)];
    const id = await first.connect('memory', values);
    const redaction = { isIbanHidden: true, isCardHidden: true, isNationalIdHidden: false, isCodeHidden: true, words: ['Proyecto Azul'] };
    first.crm.updateConnection({ id, patch: { redaction, isOneClick: true } });
    const { connection } = await second.crm.connect({ connectorId: 'memory', name: 'x', values, setup: { text: await share(first, id), passphrase } });
    expect(second.crm.connections()).toMatchObject([{ id: connection.id, redaction, isOneClick: true }]);
  });

  it('brings the rules by network for kinds of records that are known, and switches nothing on by itself', async () => {
    const crm = createCrm();
    const [first, second] = [engine(crm), engine(crm)];
    const id = await first.connect('memory', values);
    const [recordKind = ''] = crm.connector.manifest.recordKinds;
    const everywhere = { network: 'whatsapp', recordKind };
    const rules = [everywhere, { network: 'xmpp', recordKind: null }, { accountId: 1, network: 'xmpp', recordKind }, { folderId: 1, recordKind }];
    connections.setFollowUp(first.db, id, { isPushedWhenDone: true, eveningMinute: 1_080, rules }, null);
    const { connection } = await second.crm.connect({ connectorId: 'memory', name: 'x', values, setup: { text: await share(first, id), passphrase } });
    expect(connections.get(second.db, connection.id)).toMatchObject({ rules: rules.slice(0, 2), isPushedWhenDone: false, eveningMinute: null });
  });

  it('goes by the browser where the product is signed in to that way', async () => {
    const server = await OAuthLabServer.start({ clientId: 'palomar', clientSecret: 'registered', authentication: 'post', grant: 'authorization-code', scope: 'crm.read crm.write' });
    ends.push(() => server.http.kill());
    const crm = createOAuthCrm();
    const [first, second] = [engine(crm), engine(crm)];
    const signIn = async (world: PushWorld, setup?: { readonly text: string; readonly passphrase: string }): Promise<ConnectionId> => {
      const given = { connectionId: null, connectorId: 'oauth-crm', name: 'Sales', values: { url: server.baseUrl, clientId: 'palomar', clientSecret: 'registered' } };
      const { id, link } = await world.crm.beginSignIn(setup === undefined ? given : { ...given, setup });
      const [{ connection }] = await Promise.all([world.crm.finishSignIn({ id }), fetch(server.agree(link))]);
      return connection.id;
    };
    const mine = await signIn(first);
    await first.pushAll(talk(first), mine);
    const text = await share(first, mine);
    for (const secret of ['registered', ...server.tokensGiven]) expect(text).not.toContain(secret);
    expect((await second.crm.readSetup({ text })).values).toEqual({ url: server.baseUrl, clientId: 'palomar' });
    await second.pushAll(talk(second), await signIn(second, { text, passphrase }));
    expect(crm.notes).toHaveLength(1);
  });
});

describe('the file', () => {
  /** The same for all: making one takes a passphrase's worth of work. */
  let written: Promise<string> | null = null;
  const write = async (crm: MemoryCrm): Promise<string> => {
    const world = engine(crm);
    return share(world, await world.connect('memory', values));
  };
  const made = async () => {
    const crm = createCrm();
    const text = await (written ??= write(crm));
    const other = engine(crm);
    const open = (changed: string, word = passphrase) => other.crm.connect({ connectorId: 'memory', name: 'x', values, setup: { text: changed, passphrase: word } });
    return { text, other, open };
  };

  it('holds nothing of the person who made it', async () => {
    const world = engine(createCrm());
    const text = await share(world, await world.connect('memory', { ...values, user: 'jordi-canary' }));
    expect(text).not.toContain('jordi-canary');
  });

  it('holds no secret, and no key that could be read', async () => {
    const { text } = await made();
    expect(text).not.toContain(password);
    expect(Object.keys(JSON.parse(text) as object).sort()).toEqual(['connectorId', 'format', 'isOneClick', 'key', 'name', 'redaction', 'rules', 'values', 'version']);
  });

  it('opens with its passphrase only, and sets nothing up with another', async () => {
    const { text, other, open } = await made();
    await expect(open(text, 'correct horse batterx')).rejects.toMatchObject({ rpcError: { code: 'wrong-passphrase' } });
    expect(other.crm.connections()).toEqual([]);
    expect((await open(text)).connection.state).toBe('ready');
  });

  it.each([
    ['address', (file: Record<string, unknown>) => ({ ...file, values: { url: 'https://evil.example' } })],
    ['name', (file: Record<string, unknown>) => ({ ...file, name: 'Other' })],
    ['rules', (file: Record<string, unknown>) => ({ ...file, redaction: { ...(file['redaction'] as object), isIbanHidden: false } })],
    ['rules of records', (file: Record<string, unknown>) => ({ ...file, rules: [{ network: 'xmpp', recordKind: 'lead' }] })],
    ['one click', (file: Record<string, unknown>) => ({ ...file, isOneClick: !(file['isOneClick'] as boolean) })],
    ['key id', (file: Record<string, unknown>) => ({ ...file, key: { ...(file['key'] as object), id: '0123456789abcdef' } })],
  ])('opens no more once somebody changed its %s', async (_, change) => {
    const { text, other, open } = await made();
    await expect(open(JSON.stringify(change(JSON.parse(text) as Record<string, unknown>)))).rejects.toMatchObject({ rpcError: { code: 'wrong-passphrase' } });
    expect(other.crm.connections()).toEqual([]);
  });

  it('is refused when it is something else, too long, or asks for more than it may', async () => {
    const { text, other } = await made();
    const file = JSON.parse(text) as Record<string, unknown>;
    const hostile = [
      '',
      'null',
      '[]',
      '{"format":"palomar-crm-connection"}',
      `${text}${' '.repeat(140_000)}`,
      text.slice(0, -20),
      JSON.stringify({ ...file, version: 2 }),
      JSON.stringify({ ...file, more: 1 }),
      JSON.stringify({ ...file, connectorId: '../../x' }),
      JSON.stringify({ ...file, name: 'x'.repeat(61) }),
      JSON.stringify({ ...file, values: { 'a b': 'x' } }),
      JSON.stringify({ ...file, values: Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`a${index}`, 'x'])) }),
      JSON.stringify({ ...file, key: { ...(file['key'] as object), cost: 2 ** 30 } }),
    ];
    for (const one of hostile) await expect(other.crm.readSetup({ text: one }), one.slice(0, 80)).rejects.toMatchObject({ rpcError: { code: 'file-damaged' } });
  });

  it('changes no object of the program by a name that means its kind', async () => {
    const { text, other } = await made();
    const info = await other.crm.readSetup({ text: text.replace('"values": {', '"values": {"__proto__": {"clientId": "x"},') });
    expect(Object.entries(info.values)).toEqual([['url', values.url]]);
    expect(info.values['clientId']).toBeUndefined();
  });

  it('says so when it is for a product that is not known here', async () => {
    const { text, other } = await made();
    const unknown = JSON.stringify({ ...(JSON.parse(text) as object), connectorId: 'future-crm' });
    expect(await other.crm.readSetup({ text: unknown })).toMatchObject({ connectorId: 'future-crm', connectorName: null, server: null, known: [] });
  });
});
