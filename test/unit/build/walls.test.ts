import { describe, expect, it } from 'vitest';
import { checkWalls } from '../../../build/checks/walls.mjs';

const check = (file: string, text: string): string[] => checkWalls(new Map([[file, text]]));

describe('walls between rooms', () => {
  const forbidden: readonly (readonly [string, string, string])[] = [
    ['bridges/contract/x.ts', "import fs from 'node:fs';", 'a package in the contract'],
    ['bridges/xmpp/x.ts', "import { y } from '../matrix/y.ts';", 'another network'],
    ['bridges/xmpp/x.ts', "import { y } from '#rpc';", 'the interface from a bridge'],
    ['bridges/kit/x.ts', "import { y } from '../xmpp/y.ts';", 'a named network in the kit'],
    ['electron/engine/x.ts', "import { app } from 'electron';", 'electron in the engine'],
    ['electron/engine/x.ts', "import { y } from '../../bridges/xmpp/index.ts';", 'a network folder directly'],
    ['electron/main/x.ts', "import Database from 'better-sqlite3';", 'SQL in the shell'],
    ['electron/main/x.ts', "const y = await import('../engine/index.ts');", 'engine code in the shell'],
    ['renderer/features/inbox/x.ts', "import { readFile } from 'node:fs';", 'Node in the renderer'],
    ['renderer/features/inbox/x.ts', "import { toColumns } from '#rpc';", 'values of the contract in a feature'],
    ['renderer/features/inbox/X.vue', '<script setup lang="ts">\nimport x from "../crm/inner.ts";\n</script>', 'the inside of a feature'],
    ['renderer/ui/x.ts', "import type { MessageRow } from '#rpc';", 'the contract in looks'],
    ['renderer/ui/x.ts', "import x from '../features/inbox/x.ts';", 'a feature in looks'],
  ];
  it.each(forbidden)('%s: %s is refused (%s)', (file, text) => {
    expect(check(file, text)).toHaveLength(1);
  });

  it('lets the doors stand open', () => {
    expect(check('bridges/xmpp/x.ts', "import type { Json } from '#bridge';\nimport { y } from './y.ts';")).toEqual([]);
    expect(check('renderer/features/inbox/x.ts', "import type { MessageRow } from '#rpc';")).toEqual([]);
    expect(check('renderer/features/inbox/x.ts', "import { type MessageRow } from '#rpc';")).toEqual([]);
  });

  it('finds a cycle of values, not of types', () => {
    const a = 'bridges/xmpp/a.ts';
    const b = 'bridges/xmpp/b.ts';
    const cycle = new Map([
      [a, "import { b } from './b.ts';"],
      [b, "import { a } from './a.ts';"],
    ]);
    expect(checkWalls(cycle).join()).toContain('cycle');
    cycle.set(b, "import type { A } from './a.ts';");
    expect(checkWalls(cycle)).toEqual([]);
  });
});
