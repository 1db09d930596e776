import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeFailure, strayErrors } from '../../../build/scripts/describe-failure.mjs';
import { stages, suites } from '../../../build/scripts/suites.mjs';
import { projectDir } from '../../../build/setup/paths.mjs';

const path = 'test/integration/xmpp/chaos.test.ts';
const at = (file: string): string => `    at go (${join(projectDir, file)}:41:13)`;

describe('the end of a log', () => {
  it('has the beginning of an error and its line in the test, not in a helper', () => {
    const message = ['Error: waited in vain', at('test/kit/until.ts'), '    at node:internal/timers:1:1', at(path)].join('\n');
    expect(describeFailure([message], path)).toEqual(['    Error: waited in vain', `      at ${path}:41:13`]);
  });

  it('names the helper when the test is not in the stack, and never a package', () => {
    const message = ['Error: no', at('node_modules/vitest/dist/run.js'), at('test/kit/until.ts')].join('\n');
    expect(describeFailure([message], path).at(-1)).toBe('      at test/kit/until.ts:41:13');
  });

  it('is short and without colours, however long the error', () => {
    const lines = describeFailure([`\u001B[31mline\u001B[39m ${'x'.repeat(1_000)}\n`.repeat(50)], path);
    expect(lines).toHaveLength(7);
    expect(lines[0]).toMatch(/^ {4}line x+$/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(320);
    expect(describeFailure([], path)).toEqual([]);
  });

  it('tells of an error that belongs to no test', () => {
    const output = ' ✓ all well\n\u001B[31m⎯⎯⎯⎯ Unhandled Errors ⎯⎯⎯⎯\u001B[39m\n\nVitest caught 1 unhandled error\n\nError: nobody waited\n';
    expect(strayErrors(output).join('\n')).toContain('Error: nobody waited');
    expect(strayErrors(' ✓ all well')).toEqual([]);
  });
});

it('every kind of tests runs once', () => {
  expect(stages.flat(2).sort()).toEqual(suites.map(({ name }) => name).sort());
});
