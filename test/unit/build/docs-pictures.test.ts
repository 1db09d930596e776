// needs: nothing
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const pages = ['README.md', ...readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];

it('every picture of the documentation is shown and told in words, and every picture that is shown is there', () => {
  const shown = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/!\[([^\]]*)\]\(([^)]+\.png)\)/g)].map(([, words = '', path = '']) => ({
      words,
      path: posix.join(posix.dirname(page), path),
    })),
  );
  expect(shown.filter(({ words }) => words.trim() === '')).toEqual([]);
  const there = readdirSync(join(root, 'docs/images')).map((name) => `docs/images/${name}`);
  expect([...new Set(shown.map(({ path }) => path))].sort()).toEqual(there.sort());
});
