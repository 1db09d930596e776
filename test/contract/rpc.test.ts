import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { messageKeys, conversationKeys } from '#rpc';
import { rpcMethods, schemaOf } from '#rpc/schemas';
import { startEngine } from '../kit/engine-client.ts';
import { randomValue, seeded } from './random-value.ts';
import { refusedHere, validInputs } from './valid-inputs.ts';
import { createWorld } from './world.ts';

const methods = rpcMethods;
const randomPerMethod = 250;

describe('every method', () => {
  it.each(methods)('%s takes a good input and answers with data', async (method) => {
    const world = await createWorld();
    const input: unknown = await validInputs[method](world);
    const { output, error } = await world.client.raw(method, input);
    expect(error?.code).toBe(refusedHere[method]);
    if (error !== undefined) return;
    expect(output).toBeDefined();
    // Everything that travels can be cloned, and be JSON for browser mode.
    expect(structuredClone(output)).toEqual(output);
    expect(JSON.parse(JSON.stringify(output))).toEqual(JSON.parse(JSON.stringify(output)));
    const text = JSON.stringify(output);
    expect(text).not.toContain(world.client.profileDir);
    expect(text).not.toContain('secret');
  });

  it.each(methods)('%s refuses a good input with something more, less or different', async (method) => {
    const world = await createWorld();
    const good = (await validInputs[method](world)) as Record<string, unknown>;
    const damaged: unknown[] = [{ ...good, extra: 1 }, null, [good], 'text', undefined, JSON.parse('{"__proto__":{"x":1}}')];
    for (const key of Object.keys(good)) {
      damaged.push({ ...good, [key]: { hostile: true } }, { ...good, [key]: Symbol.iterator.toString() + '\u0000'.repeat(600_000) });
      damaged.push(Object.fromEntries(Object.entries(good).filter(([name]) => name !== key)));
    }
    for (const input of damaged) {
      const { error } = await world.client.raw(method, input);
      expect(error, JSON.stringify(input)?.slice(0, 200)).toMatchObject({ code: 'invalid-input', isRetryable: false });
    }
  });
});

describe('a hostile page', () => {
  it(`gets nothing but refusals for ${methods.length * randomPerMethod} random inputs`, async () => {
    const { client } = await createWorld();
    const prototypeBefore = Reflect.ownKeys(Object.prototype);
    const before = await client.call('conversations.list', { filter: {}, after: null, limit: 500 });
    const random = seeded(4_711);
    let refusedCount = 0;
    for (const method of methods) {
      for (let count = 0; count < randomPerMethod; count += 1) {
        const input = randomValue(random);
        if (schemaOf(method).safeParse(input).success) continue;
        const { error, output } = await client.raw(method, input);
        expect(output).toBeUndefined();
        expect(error?.code).toBe('invalid-input');
        expect(error?.message ?? '').not.toMatch(/etc|DROP|onerror/);
        refusedCount += 1;
      }
    }
    expect(refusedCount).toBeGreaterThan(10_000);
    expect(Reflect.ownKeys(Object.prototype)).toEqual(prototypeBefore);
    expect(Object.getOwnPropertyNames({})).toEqual([]);
    expect(await client.call('conversations.list', { filter: {}, after: null, limit: 500 })).toEqual(before);
  });

  it.each(['', 'nothing', '__proto__', 'constructor', 'toString', 'app', 'app.start ', 'host.stop', 'hasOwnProperty'])(
    'gets no method %j',
    async (method) => {
      const client = await startEngine();
      expect((await client.raw(method, {})).error).toMatchObject({ code: 'invalid-input' });
    },
  );

  it('cannot confuse the door with broken frames', async () => {
    const client = await startEngine();
    const answers: unknown[] = [];
    let deliver: (frame: unknown) => void = () => {};
    client.engine.handleClient({
      post: (frame) => void answers.push(frame),
      onFrame: (listener) => {
        deliver = listener;
      },
      onClose: () => {},
    });
    for (const frame of [null, 7, 'x', [], {}, { id: 'x' }, { id: 1.5, method: 'app.start' }, { id: Number.NaN }]) deliver(frame);
    deliver({ id: 1, method: { toString: () => 'app.start' }, input: {} });
    deliver({ id: 2, method: 'app.start', input: {} });
    await expect.poll(() => answers.length).toBe(2);
    expect(answers).toMatchObject([{ id: 1, error: { code: 'invalid-input' } }, { id: 2, output: { version: '0.0.0' } }]);
  });

  it('is slowed down when it asks too much at once', async () => {
    const client = await startEngine();
    const answers = await Promise.all(Array.from({ length: 400 }, () => client.raw('app.start', {})));
    const refused = answers.filter(({ error }) => error?.code === 'too-many-calls');
    expect(refused.length).toBeGreaterThan(0);
    expect((await client.raw('app.start', {})).error).toBeUndefined();
  });

  it('learns nothing of what goes wrong inside', async () => {
    const world = await createWorld();
    await world.client.engine.stop();
    const { error } = await world.client.raw('conversations.list', { filter: {}, after: null, limit: 1 });
    expect(error).toEqual({ code: 'internal', message: 'something went wrong inside; the log has more', isRetryable: false });
  });

  it('cannot search, filter or draft its way to SQL or a path', async () => {
    const world = await createWorld();
    const { client, chat } = world;
    const filesBefore = readdirSync(client.profileDir).sort();
    for (const text of ["'; DROP TABLE messages; --", '"', "'", '*', 'NEAR(', 'a AND', '^', 'scope:c1', '{x}:y', '-', '../../x', '%', '\u0000']) {
      expect((await client.raw('search.messages', { query: text, conversationId: null, before: null, limit: 5 })).error).toBeUndefined();
      expect((await client.raw('conversations.list', { filter: { text }, after: null, limit: 5 })).error).toBeUndefined();
      await client.call('conversations.setDraft', { id: chat.id, text });
      expect((await client.call('conversations.detail', { id: chat.id })).draft).toBe(text);
    }
    expect(await client.messages(chat)).toHaveLength(2);
    expect(readdirSync(client.profileDir).sort()).toEqual(filesBefore);
  });
});

it('rows travel with every column', async () => {
  const { client, chat } = await createWorld();
  const { rows } = await client.call('conversations.list', { filter: {}, after: null, limit: 5 });
  expect(Object.keys(rows.columns).sort()).toEqual([...conversationKeys].sort());
  const { page } = await client.call('conversations.open', { id: chat.id, anchor: { kind: 'newest' }, limit: 5 });
  expect(Object.keys(page.rows.columns).sort()).toEqual([...messageKeys].sort());
});
