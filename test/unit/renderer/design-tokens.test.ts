import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(join(import.meta.dirname, '../../../renderer/styles/tokens.css'), 'utf8');
const block = (selector: string): Record<string, string> => {
  const start = css.indexOf(`${selector} {`);
  const body = css.slice(start, css.indexOf('\n}', start));
  return Object.fromEntries([...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/giu)].map((match) => [match[1] ?? '', match[2] ?? '']));
};
const light = block(':root');
const themes = { light, dark: { ...light, ...block(":root[data-theme='dark']") }, contrast: { ...light, ...block(":root[data-theme='contrast']") } };

const luminance = (hex: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((index) => {
    const part = Number.parseInt(hex.slice(index, index + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
/** WCAG 2.2, contrast ratio. */
const contrast = (one: string, other: string): number => {
  const [dark = 0, bright = 0] = [luminance(one), luminance(other)].sort((left, right) => left - right);
  return (bright + 0.05) / (dark + 0.05);
};

const textPairs = [
  ['ink', 'lime'], ['ink', 'paper'], ['soft', 'lime'], ['soft', 'paper'], ['faint', 'lime'], ['faint', 'paper'],
  ['dove-ink', 'dove'], ['soft', 'dove'], ['soft', 'mine'], ['ink', 'mine'], ['accent-text', 'paper'], ['accent-text', 'lime'],
  ['accent-text', 'accent-soft'], ['accent-text', 'mine'], ['accent-text', 'dove'], ['on-accent', 'accent'], ['clay', 'paper'], ['clay', 'clay-soft'], ['clay', 'mine'],
  ['on-clay', 'clay-solid'], ['sun', 'sun-soft'], ['sun', 'paper'], ['sun', 'lime'], ['on-toast', 'toast'], ['toast-accent', 'toast'], ['on-mark', 'mark'],
] as const;

describe.each(Object.entries(themes))('the %s theme', (name, tokens) => {
  it.each(textPairs)('keeps %s readable on %s', (text, ground) => {
    const least = name === 'contrast' ? 7 : 4.5;
    const isAside = text.startsWith('on-') || text.startsWith('toast');
    expect(contrast(tokens[text] ?? '', tokens[ground] ?? '')).toBeGreaterThanOrEqual(isAside ? 4.5 : least);
  });

  it('keeps initials and badges readable', () => {
    for (const [token, value] of Object.entries(tokens)) {
      if (/^(avatar|net)-/u.test(token)) expect(contrast('#ffffff', value), token).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('draws the edges of fields strong enough to be seen', () => {
    expect(contrast(tokens['line-strong'] ?? '', tokens['field'] ?? '')).toBeGreaterThanOrEqual(3);
  });
});
