import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import en from '../../../renderer/i18n/en/index.ts';
import es from '../../../renderer/i18n/es/index.ts';
import et from '../../../renderer/i18n/et/index.ts';

const crmDir = join(import.meta.dirname, '../../../electron/engine/crm');

/** Codes of what connectors find missing, from their sources: `{ severity: 'error', code: 'right-missing' …`. */
const codes = new Set(
  readdirSync(crmDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(join(crmDir, name), 'utf8').matchAll(/severity: [^{}]{0,80}?code: '(?<code>[a-z-]+)'/gu)])
    .map(({ groups }) => groups?.['code'] ?? ''),
);

describe('what is missing on the other side', () => {
  it('is read from the sources of the connectors', () => {
    expect([...codes]).toEqual(expect.arrayContaining(['right-missing', 'project-missing', 'module-missing']));
    expect(codes.size).toBeGreaterThan(10);
  });

  it.each([
    ['English', en],
    ['Spanish', es],
    ['Estonian', et],
  ])('has a sentence of its own in %s that says what to do', (_, words) => {
    const finding: Readonly<Record<string, unknown>> = words.connection.finding;
    const poor = [...codes].filter((code) => {
      const sentence = finding[code];
      // A name of the problem is no help: how it is mended takes a second clause.
      return typeof sentence !== 'string' || sentence.length < 45 || !/[.:;].+/u.test(sentence);
    });
    expect(poor).toEqual([]);
  });
});
