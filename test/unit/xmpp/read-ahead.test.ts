import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ReadAhead } from '../../../bridges/xmpp/stream/read-ahead.ts';
import { until } from '../../kit/until.ts';

const open = () => {
  const did: string[] = [];
  const ahead = new ReadAhead({
    parse: (chunk) => void did.push(chunk.length > 10 ? 'much' : chunk.toString()),
    pause: () => void did.push('pause'),
    resume: () => void did.push('resume'),
  });
  const push = (...words: string[]): void => words.forEach((word) => ahead.push(Buffer.from(word)));
  return { ahead, did, push };
};

it('reads all that is there before it parses, then one by one in order', async () => {
  const { did, push } = open();
  push('a', 'b', 'c');
  expect(did).toEqual([]);
  await turn();
  expect(did).toEqual(['a']);
  await until(() => did.length === 3);
  expect(did).toEqual(['a', 'b', 'c']);
});

it('parses nothing while it is held, and goes on after', async () => {
  const { ahead, did, push } = open();
  push('a');
  ahead.hold();
  push('b');
  for (let count = 0; count < 5; count += 1) await turn();
  expect(did).toEqual(['pause']);
  ahead.release();
  await until(() => did.includes('b'));
  expect(did).toEqual(['pause', 'resume', 'a', 'b']);
});

it('parses what is left when the connection ends, also while it is held', () => {
  const { ahead, did, push } = open();
  push('a', 'b');
  ahead.hold();
  ahead.flush();
  expect(did).toEqual(['pause', 'a', 'b']);
});

it('parses nothing of a connection that was given up', async () => {
  const { ahead, did, push } = open();
  push('a', 'b');
  ahead.clear();
  for (let count = 0; count < 5; count += 1) await turn();
  expect(did).toEqual([]);
});

it('slows a server down that sends faster than we parse, and lets it go on when half is done', async () => {
  const { ahead, did } = open();
  for (let count = 0; count < 9; count += 1) ahead.push(Buffer.alloc(64 * 1024));
  expect(did).toEqual(['pause']);
  await until(() => did.includes('resume'));
  expect(did.indexOf('resume')).toBe(8);
});

it('does not go on while it is full, though it was released', () => {
  const { ahead, did } = open();
  for (let count = 0; count < 9; count += 1) ahead.push(Buffer.alloc(64 * 1024));
  ahead.hold();
  ahead.release();
  expect(did).toEqual(['pause', 'pause']);
});
