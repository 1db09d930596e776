import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { migrations } from '../../electron/engine/store/migrations/index.ts';
import * as check from '../../build/checks/migrations.mjs';

const { findProblems, hashMigrations, lockPath, migrationsFolder } = check as {
  findProblems: (hashes: Record<string, string>, locked: Record<string, string>, indexText: string, isRelease?: boolean) => string[];
  hashMigrations: () => Record<string, string>;
  lockPath: string;
  migrationsFolder: string;
};

test('the steps that lie here are the locked ones', () => {
  const locked = JSON.parse(readFileSync(lockPath, 'utf8')) as Record<string, string>;
  expect(findProblems(hashMigrations(), locked, readFileSync(join(migrationsFolder, 'index.ts'), 'utf8'))).toEqual([]);
});

test('numbers grow and equal those of the file names', () => {
  const fromFiles = Object.keys(hashMigrations()).map((name) => Number(name.slice(0, 4)));
  expect(migrations.map((step) => step.version)).toEqual(fromFiles);
});

test('until the next release a new step may still change', () => {
  expect(findProblems({ '0010-a.ts': 'x' }, {}, `'./0010-a.ts'`)).toEqual([]);
});

describe('the lock notices', () => {
  const index = `from './0010-a.ts' from './0020-b.ts' from './0015-c.ts'`;
  test.each([
    ['nothing', { '0010-a.ts': 'x' }, { '0010-a.ts': 'x' }, /^$/],
    ['a changed step', { '0010-a.ts': 'y' }, { '0010-a.ts': 'x' }, /must not change/],
    ['a missing step', {}, { '0010-a.ts': 'x' }, /is gone/],
    ['a new step', { '0010-a.ts': 'x', '0020-b.ts': 'z' }, { '0010-a.ts': 'x' }, /is not locked/],
    ['a step pushed between', { '0015-c.ts': 'z', '0020-b.ts': 'x' }, { '0020-b.ts': 'x' }, /before a released step/],
    ['a step that is not in the list', { '0030-d.ts': 'x' }, { '0030-d.ts': 'x' }, /not in migrations\/index/],
  ])('%s', (_, hashes, locked, expected) => {
    expect(findProblems(hashes, locked, index, true).join('\n')).toMatch(expected);
  });
});
