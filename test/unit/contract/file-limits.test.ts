import { expect, it } from 'vitest';
import { limitOfFile, type FileLimit } from '#model';
import { checkSendable } from '../../../electron/engine/conversations/check-sendable.ts';
import type { StagedFile } from '../../../electron/engine/files/staging.ts';
import { findFileProblem } from '../../../renderer/features/composer/find-file-problem.ts';
import { allCapabilities } from '../../kit/fake-bridge.ts';

const limits: readonly FileLimit[] = [
  { kind: 'image', mimes: ['image/jpeg', 'image/png'], maxBytes: 1_000 },
  { kind: 'voice', mimes: ['audio/ogg'] },
  { kind: 'file', mimes: ['*/*'], maxBytes: 5_000 },
];

it.each([
  ['image/png', false, { maxBytes: 1_000 }],
  ['IMAGE/PNG; a=b', false, { maxBytes: 1_000 }],
  ['image/heic', false, null],
  ['audio/ogg', true, {}],
  ['audio/ogg', false, null],
  ['application/pdf', false, { maxBytes: 5_000 }],
] as const)('%s (spoken: %s) is held to %o', (mime, isVoice, expected) => {
  if (expected === null) expect(limitOfFile(limits, mime, isVoice)).toBeNull();
  else expect(limitOfFile(limits, mime, isVoice)).toMatchObject(expected);
});

it('where nothing is told, everything goes', () => {
  expect(limitOfFile(undefined, 'image/heic')).toEqual({});
});

const file = (mime: string, sizeBytes: number) => ({ name: 'f', mime, facts: { sizeBytes } }) as StagedFile;
const capabilities = { ...allCapabilities, fileLimits: limits, maxFileBytes: 3_000 };

it('is asked at the door of the engine and in the page alike, and the smaller limit holds', () => {
  expect(() => checkSendable(capabilities, '', [file('image/png', 900)])).not.toThrow();
  expect(() => checkSendable(capabilities, '', [file('image/png', 1_100)])).toThrow(expect.objectContaining({ fault: expect.objectContaining({ code: 'too-large', limitBytes: 1_000 }) }));
  expect(() => checkSendable(capabilities, '', [file('application/pdf', 4_000)])).toThrow(expect.objectContaining({ fault: expect.objectContaining({ limitBytes: 3_000 }) }));
  expect(() => checkSendable(capabilities, '', [file('video/mp4', 1)])).toThrow(expect.objectContaining({ fault: expect.objectContaining({ code: 'unsupported' }) }));
  expect(findFileProblem({ name: 'a.mp4', type: 'video/mp4', size: 1 }, capabilities)).toEqual({ kind: 'not-taken', name: 'a.mp4' });
  expect(findFileProblem({ name: 'a.pdf', type: 'application/pdf', size: 4_000 }, capabilities)).toEqual({ kind: 'too-large', name: 'a.pdf', limitBytes: 3_000 });
  expect(findFileProblem({ name: 'a', type: '', size: 10 }, capabilities)).toBeNull();
});
