import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reasonKey } from '../../../renderer/features/crm/push-choice.ts';
import en from '../../../renderer/i18n/en/index.ts';
import es from '../../../renderer/i18n/es/index.ts';
import et from '../../../renderer/i18n/et/index.ts';

/** The codes come from the source text: one that is added without a sentence in every language fails here. */
const root = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const sourcesIn = (folder: string): { readonly path: string; readonly text: string }[] =>
  (readdirSync(join(root, folder), { recursive: true }) as string[])
    .filter((file) => file.endsWith('.ts') || file.endsWith('.vue'))
    .map((file) => ({ path: `${folder}/${file}`, text: read(`${folder}/${file}`) }));
const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].flatMap((match) => match.slice(1)).filter((code) => code !== undefined);

/** `type Name = | 'a' // why | 'b'` up to its semicolon; words in comments do not count. */
const unionOf = (path: string, name: string): string[] => {
  const body = new RegExp(`type ${name} =([^;]+);`, 'u').exec(read(path).replaceAll(/\/\/[^\n]*/gu, ''))?.[1] ?? '';
  return all(body, /'([a-z-]+)'/gu);
};

const unions = {
  'bridges/contract/errors.ts': unionOf('bridges/contract/errors.ts', 'BridgeErrorCode'),
  'electron/engine/crm/errors.ts': unionOf('electron/engine/crm/errors.ts', 'ConnectorFaultCode'),
  'electron/engine/store/store-error.ts': unionOf('electron/engine/store/store-error.ts', 'StoreErrorCode'),
  'electron/contract/rpc.ts': unionOf('electron/contract/rpc.ts', 'RpcErrorCode'),
};
const thrown = [...sourcesIn('electron/engine'), ...sourcesIn('electron/main'), ...sourcesIn('renderer/rpc')]
  .filter(({ path }) => !path.endsWith('/probe.ts'))
  .flatMap(({ text }) => [
    ...all(text, /(?:RpcFailure|StoreError|Permanent|ConnectorError|BridgeError|refusal|fail)\(\s*'([a-z-]+)'/gu),
    // With a severity it is a finding.
    ...all(text, /(?<!severity: '[a-z]+', )\bcode: '([a-z-]+)'/gu),
  ]);
const faults = [...new Set([...Object.values(unions).flat(), ...thrown])].sort();
const findings = sourcesIn('electron/engine/crm')
  .filter(({ path }) => path.endsWith('/probe.ts'))
  .flatMap(({ text }) => all(text, /\bcode: (?:[^,\n]*\? )?'([a-z-]+)'(?: : '([a-z-]+)')?/gu));
const reasons = ['choose-target', 'match-candidate'].flatMap((file) =>
  all(read(`electron/engine/crm/core/${file}.ts`), /\breason: (?:[^,\n]*\? )?'([a-z-]+)'(?: : '([a-z-]+)')?/gu),
);

it('finds the codes it is looking for', () => {
  for (const [path, codes] of Object.entries(unions)) expect(codes.length, path).toBeGreaterThan(5);
  expect(faults).toEqual(expect.arrayContaining(['file-damaged', 'too-many-calls', 'newer-database', 'profile-in-use', 'setup-incomplete', 'file-unavailable', 'engine-stopped', 'upload-failed', 'other-account']));
  expect(findings).toEqual(expect.arrayContaining(['module-missing', 'right-missing', 'company-missing', 'queue-missing', 'queue-disabled', 'ticket-field-missing', 'transaction-field-missing', 'mails-staff']));
  expect([...new Set(reasons)].sort()).toEqual(['linked', 'name-only', 'new-record', 'none-found', 'same-email', 'same-handle', 'same-phone']);
});

describe.each([['en', en], ['es', es], ['et', et]] as const)('in %s', (_, words) => {
  it.each(faults)('the refusal %s has a sentence', (code) => {
    const sentence = (words.fault as Readonly<Record<string, string>>)[code] ?? '';
    expect(sentence).toMatch(/^\p{Lu}.+\.$/su);
  });

  it.each(findings)('the finding %s has a sentence', (code) => {
    expect((words.connection.finding as Readonly<Record<string, string>>)[code]?.length ?? 0).toBeGreaterThan(10);
  });

  it.each(reasons)('the reason %s has words', (reason) => {
    expect((words.crm.reason as Readonly<Record<string, string>>)[reason]).toBeTruthy();
    expect(reasonKey({ reason } as never)).toBe(`crm.reason.${reason}`);
  });
});
