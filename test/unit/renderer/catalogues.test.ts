import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import en from '../../../renderer/i18n/en/index.ts';
import es from '../../../renderer/i18n/es/index.ts';
import et from '../../../renderer/i18n/et/index.ts';

type Tree = { readonly [key: string]: string | Tree };

const flatten = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]): [string, string][] => {
    const here = path ? `${path}.${key}` : key;
    return typeof value === 'string' ? [[here, value]] : flatten(value, here);
  });

const words = { en: new Map(flatten(en)), es: new Map(flatten(es)), et: new Map(flatten(et)) };
const places = (text: string): string[] => [...new Set(text.match(/\{[a-z]\w*\}/giu) ?? [])].sort();
const forms = (text: string): number => text.split(' | ').length;

const rendererDir = join(import.meta.dirname, '../../../renderer');
const sources = (readdirSync(rendererDir, { recursive: true }) as string[])
  .filter((file) => /\.(vue|ts)$/u.test(file) && !/^i18n\/(en|es|et)\//u.test(file))
  .map((file) => readFileSync(join(rendererDir, file), 'utf8'));

describe.each(['es', 'et'] as const)('the %s catalogue', (locale) => {
  it('has exactly the keys of the English one', () => {
    expect([...words[locale].keys()].sort()).toEqual([...words.en.keys()].sort());
  });

  it('fills the same places in every sentence and has the same plural forms', () => {
    for (const [key, text] of words[locale]) {
      const english = words.en.get(key) ?? '';
      expect(places(text), key).toEqual(places(english));
      expect(forms(text), key).toBe(forms(english));
    }
  });

  it('leaves no sentence empty or untranslated', () => {
    const sameOnPurpose = new Set(['chat.through', 'crm.cardTitle', 'crm.reason.other', 'crm.effect.other', 'connection.finding.other', 'chat.reactedBy', 'settings.general', 'account.color', 'account.colorNumber', 'account.field.server', 'account.field.port', 'crm.option', 'connection.option.starttls', 'connection.option.in', 'connection.option.au', 'connection.option.cn']);
    for (const [key, text] of words[locale]) {
      expect(text.trim(), key).not.toBe('');
      if (text.length > 4 && !sameOnPurpose.has(key)) expect(text, key).not.toBe(words.en.get(key));
    }
  });
});

describe('the words in use', () => {
  it('exist for every literal key in the source', () => {
    const used = sources.flatMap((source) => [...source.matchAll(/\bt\(\s*'([a-z][\w.-]+)'/giu)].map((match) => match[1] ?? ''));
    expect(used.length).toBeGreaterThan(200);
    for (const key of used) expect(words.en.has(key), key).toBe(true);
  });

  it('contain none that the source never asks for', () => {
    const all = sources.join('\n');
    const families = [...all.matchAll(/`([a-z][\w.]*)\.\$\{/giu)].map((match) => `${match[1] ?? ''}.`);
    for (const key of words.en.keys()) {
      const isUsed = all.includes(`'${key}'`) || families.some((family) => key.startsWith(family));
      expect(isUsed, key).toBe(true);
    }
  });

  it('have a sentence for every way a network can refuse', () => {
    const errors = readFileSync(join(rendererDir, '../bridges/contract/errors.ts'), 'utf8');
    const codes = [...(errors.split('export interface')[0] ?? '').matchAll(/\| '([a-z-]+)'/gu)].map((match) => match[1] ?? '');
    expect(codes.length).toBeGreaterThan(15);
    for (const code of codes) expect(words.en.has(`fault.${code}`), code).toBe(true);
  });
});
