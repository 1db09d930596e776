import { describe, expect, it } from 'vitest';
import { BridgeError, type Dialog, type DialogStep } from '#bridge';
import type { AccountRow, DialogId, EngineFrame, RpcError } from '#rpc';
import { addFakeAccount, startEngine, type EngineClient } from '../../kit/engine-client.ts';
import { createFakeBridge } from '../../kit/fake-bridge.ts';
import { createFakeDialog, createFakeServices, openStep, type FakeDialog } from '../../kit/fake-dialogs.ts';
import { png as pngBytes } from '../../kit/image-bytes.ts';
import { until } from '../../kit/until.ts';

interface Stage {
  readonly client: EngineClient;
  readonly account: AccountRow;
  readonly dialogs: FakeDialog[];
}

/** An account whose services open these dialogs, one after the other. */
const stage = async (make: () => FakeDialog = createFakeDialog): Promise<Stage> => {
  const dialogs: FakeDialog[] = [];
  const services = createFakeServices(async () => {
    const dialog = make();
    dialogs.push(dialog);
    return dialog;
  });
  const client = await startEngine({ bridges: [createFakeBridge({ services })] });
  return { client, account: await addFakeAccount(client), dialogs };
};

const openOne = ({ client, account }: Stage) =>
  client.call('dialogs.open', { accountId: account.id, subject: { kind: 'register', address: 'gateway.fake' } });

const errorOf = async (asked: Promise<unknown>): Promise<string | undefined> => {
  try {
    await asked;
    return undefined;
  } catch (error) {
    return (error as RpcError).code;
  }
};

/** A second page on the same engine. */
const connectPage = (client: EngineClient) => {
  let deliver: (frame: unknown) => void = () => {};
  const closers: (() => void)[] = [];
  const waiting = new Map<number, (frame: EngineFrame) => void>();
  client.engine.handleClient({
    post: (frame) => {
      if ('id' in frame) waiting.get(frame.id)?.(frame);
    },
    onFrame: (listener) => (deliver = listener),
    onClose: (listener) => closers.push(listener),
  });
  let nextId = 1;
  return {
    raw: (method: string, input: unknown) =>
      new Promise<{ output?: { id: DialogId }; error?: RpcError }>((resolve) => {
        const id = nextId++;
        waiting.set(id, (frame) => resolve(frame as { output?: { id: DialogId }; error?: RpcError }));
        deliver({ id, method, input });
      }),
    close: () => closers.forEach((close) => close()),
  };
};

describe('a dialog', () => {
  it('is led through its pages and closed', async () => {
    const world = await stage();
    const { id, page } = await openOne(world);
    expect(page).toMatchObject({ state: 'open', actions: ['next', 'previous'], form: { title: 'Settings' } });
    const answers = [{ name: 'nick', values: ['pepe'] }, { name: '__proto__', values: ['x'] }];
    expect(await world.client.call('dialogs.answer', { id, action: 'next', answers })).toMatchObject({ state: 'done', notes: [{ text: 'Done' }] });
    const [given] = world.dialogs[0]?.calls ?? [];
    const values = given?.args[1] as Record<string, readonly string[]>;
    expect(Object.entries(values)).toEqual([['nick', ['pepe']], ['__proto__', ['x']]]);
    await world.client.call('dialogs.close', { id });
    expect(world.dialogs[0]?.calls.at(-1)?.name).toBe('close');
    expect(await errorOf(world.client.call('dialogs.close', { id }))).toBe('not-found');
  });

  it('takes one answer at a time and ends a long wait when it is closed', async () => {
    const world = await stage(() => createFakeDialog({ answer: () => new Promise<DialogStep>(() => {}) }));
    const { id } = await openOne(world);
    const answered = errorOf(world.client.call('dialogs.answer', { id, action: 'next', answers: [] }));
    await until(() => world.dialogs[0]?.calls.length === 1);
    expect(await errorOf(world.client.call('dialogs.answer', { id, action: 'next', answers: [] }))).toBe('not-possible');
    await world.client.call('dialogs.close', { id });
    expect(await answered).toBe('cancelled');
    expect(world.dialogs[0]?.calls.filter(({ name }) => name === 'close')).toHaveLength(1);
  });

  it('stays open after a refusal, which reaches the page', async () => {
    const refusing: NonNullable<Parameters<typeof createFakeDialog>[0]> = {
      answer: () => Promise.reject(new BridgeError('forbidden', { detail: 'wrong code' })),
    };
    const world = await stage(() => createFakeDialog(refusing));
    const { id } = await openOne(world);
    expect(await errorOf(world.client.call('dialogs.answer', { id, action: 'next', answers: [] }))).toBe('forbidden');
    expect(await errorOf(world.client.call('dialogs.answer', { id, action: 'next', answers: [] }))).toBe('forbidden');
  });

  it('belongs to the page that opened it and ends with it', async () => {
    const world = await stage();
    const { id } = await openOne(world);
    const other = connectPage(world.client);
    expect((await other.raw('dialogs.answer', { id, action: 'next', answers: [] })).error?.code).toBe('not-found');
    expect((await other.raw('dialogs.close', { id })).error?.code).toBe('not-found');
    const opened = await other.raw('dialogs.open', { accountId: world.account.id, subject: { kind: 'change-password' } });
    expect(opened.output?.id).toMatch(/^[A-Za-z0-9_-]{32}$/);
    other.close();
    await until(() => world.dialogs[1]?.calls.some(({ name }) => name === 'close'));
    expect(world.dialogs[0]?.calls).toEqual([]);
  });

  it('is closed when its page went away while it was being opened', async () => {
    const opening = Promise.withResolvers<Dialog>();
    const dialog = createFakeDialog();
    const services = createFakeServices(() => opening.promise);
    const client = await startEngine({ bridges: [createFakeBridge({ services })] });
    const account = await addFakeAccount(client);
    const page = connectPage(client);
    void page.raw('dialogs.open', { accountId: account.id, subject: { kind: 'change-password' } });
    await client.call('app.start', {});
    page.close();
    opening.resolve(dialog);
    await until(() => dialog.calls.some(({ name }) => name === 'close'));
  });

  it('is one of at most twenty', async () => {
    const world = await stage();
    const open = await Promise.all(Array.from({ length: 20 }, () => openOne(world)));
    expect(new Set(open.map(({ id }) => id)).size).toBe(20);
    expect(await errorOf(openOne(world))).toBe('too-many-calls');
    await world.client.call('dialogs.close', { id: open[0]?.id ?? ('' as DialogId) });
    expect(await errorOf(openOne(world))).toBeUndefined();
  });

  it('shows pictures that are pictures, whatever they call themselves', async () => {
    const png = pngBytes(3, 2);
    const media = [
      { mime: 'text/html', bytes: png },
      { mime: 'image/png', bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') },
      { mime: 'image/png', bytes: new Uint8Array(Buffer.concat([png, Buffer.alloc(600_000)])) },
    ];
    const first: DialogStep = {
      ...openStep,
      form: { title: null, instructions: [], fields: [{ name: '', kind: 'fixed', label: '', isRequired: false, values: [], media }] },
      link: 'javascript:alert(1)',
    };
    const { page } = await openOne(await stage(() => createFakeDialog({ first })));
    expect(page.form?.fields[0]?.media).toEqual([{ mime: 'image/png', widthPx: 3, heightPx: 2, base64: Buffer.from(png).toString('base64') }]);
    expect(page.link).toBeNull();
  });

  it('plays sounds and films that are some, up to two megabytes, and tells a report from a question', async () => {
    const wav = Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVEfmt '), Buffer.alloc(600_000)]);
    const webm = Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3]), Buffer.alloc(20)]);
    const media = [
      { mime: 'text/html', bytes: wav },
      { mime: 'video/webm', bytes: webm },
      { mime: 'audio/webm', bytes: webm },
      { mime: 'audio/wav', bytes: Buffer.from('<script>alert(1)</script>') },
      { mime: 'audio/wav', bytes: Buffer.concat([wav, Buffer.alloc(2 * 1024 * 1024)]) },
    ];
    const mediaLinks = [{ mime: 'audio/ogg', url: 'https://a.example/x' }, { mime: 'audio/ogg', url: 'file:///etc/passwd' }];
    const fields = [{ name: '', kind: 'fixed' as const, label: '', isRequired: false, values: [], media, mediaLinks }];
    const first: DialogStep = { ...openStep, form: { title: null, instructions: [], isResult: true, fields } };
    const { page } = await openOne(await stage(() => createFakeDialog({ first })));
    expect(page.form?.fields[0]?.media.map(({ mime, plays }) => [mime, plays])).toEqual([['audio/wav', 'sound'], ['video/webm', 'film'], ['audio/webm', 'sound']]);
    expect(page.form?.fields[0]?.mediaLinks).toEqual([{ mime: 'audio/ogg', url: 'https://a.example/x' }]);
    expect(page.form?.isResult).toBe(true);
  });

  it.each([
    ['throws', () => { throw new Error('broken'); }],
    ['rejects', () => Promise.reject(new Error('broken'))],
  ])('whose end %s is over all the same', async (_, end) => {
    const world = await stage(() => ({ ...createFakeDialog(), close: end }));
    const { id } = await openOne(world);
    expect(await errorOf(world.client.call('dialogs.close', { id }))).toBeUndefined();
    expect(await errorOf(world.client.call('dialogs.close', { id }))).toBe('not-found');
  });

  it('ends when the engine stops', async () => {
    const world = await stage();
    await openOne(world);
    await world.client.stop();
    expect(world.dialogs[0]?.calls.at(-1)?.name).toBe('close');
  });
});

it('a sign-up ends in an account', async () => {
  const client = await startEngine({ bridges: [createFakeBridge()] });
  const { id } = await client.call('dialogs.signUp', { bridgeId: 'fake' as AccountRow['bridgeId'], server: 'fake', values: {} });
  expect(await client.call('dialogs.addAccount', { id })).toMatchObject({ address: 'new@fake' });
});

it('an account says what it can do', async () => {
  const { client, account } = await stage();
  const abilities = async (): Promise<readonly string[] | undefined> => (await client.accounts())[0]?.abilities;
  expect(await abilities()).toContain('services');
  expect(await abilities()).not.toContain('encryption');
  await client.call('accounts.update', { id: account.id, patch: { isEnabled: false } });
  expect(await abilities()).toEqual([]);
});
