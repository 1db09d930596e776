import { Permanent } from '../errors.ts';

export type TemplateWords = Readonly<Record<string, string>>;
type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const maxTemplateChars = 10_000;

/**
 * A JSON text with `{{name}}` inside its strings, filled. It is read as JSON first, so nothing that a stranger wrote can
 * become more than a part of one string. Names we do not know stay as they are.
 * @throws Permanent `rejected` when it is no JSON object
 */
export function fillTemplate(template: string, words: TemplateWords): Json {
  return fill(readTemplate(template), words);
}

/** @throws Permanent `rejected` */
export function readTemplate(template: string): Json {
  if (template.length > maxTemplateChars) throw new Permanent('rejected', { detail: 'the template is too long' });
  try {
    const parsed = JSON.parse(template) as Json;
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // Said below.
  }
  throw new Permanent('rejected', { detail: 'the template is no JSON object' });
}

function fill(value: Json, words: TemplateWords): Json {
  if (typeof value === 'string') return value.replace(/\{\{(\w{1,30})\}\}/g, (all, name: string) => (Object.hasOwn(words, name) ? (words[name] ?? '') : all));
  if (Array.isArray(value)) return value.map((one: Json) => fill(one, words));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fill(one, words)]));
}
