import { describe, expect, it } from 'vitest';
import { readForm } from '../../../electron/engine/crm/connection-values.ts';
import { manifest } from '../../../electron/engine/crm/tryton/manifest.ts';
import { conversationEvents, createFakeBridge, messageEvent } from '../../kit/fake-bridge.ts';
import { addFakeAccount, startEngine } from '../../kit/engine-client.ts';
import { until } from '../../kit/until.ts';

const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'] as const;

const prototypeOf = (): string => JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort());

describe('names that mean something to JavaScript', () => {
  it('are ordinary ids of conversations, messages and people, and change no prototype', async () => {
    const before = prototypeOf();
    const bridge = createFakeBridge();
    const client = await startEngine({ bridges: [bridge] });
    await addFakeAccount(client);
    for (const name of names) {
      await bridge.say(...conversationEvents(name), messageEvent(name, name, `text of ${name}`, Date.now()));
    }
    await until(async () => (await client.conversations()).length === names.length);
    const texts: string[] = [];
    for (const row of await client.conversations()) texts.push(...(await client.messages(row)).map(({ text }) => text));
    expect(texts.sort()).toEqual(names.map((name) => `text of ${name}`).sort());
    expect(prototypeOf()).toBe(before);
    expect(({} as Record<string, unknown>)['text']).toBeUndefined();
  });

  it('are no values of a form that nobody filled in', () => {
    for (const name of names) {
      const fields = [{ name, kind: 'text', isRequired: true, isAdvanced: false }] as const;
      expect(() => readForm({ ...manifest, fields }, {})).toThrow('rejected');
    }
  });
});
