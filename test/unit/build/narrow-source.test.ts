import { runInNewContext } from 'node:vm';
import { parseAst } from 'vite';
import { describe, expect, it } from 'vitest';
import { narrowSource } from '../../../build/vite/narrow-source.mjs';

const narrow = (code: string): string => {
  const chunk = { type: 'chunk', code };
  narrowSource().generateBundle.handler.call({ parse: parseAst }, {}, { 'a.js': chunk });
  return chunk.code;
};
const run = (code: string): unknown => runInNewContext(code.replace('export default', ''));

describe('source with one byte a character', () => {
  it.each([
    ['a string', "export default 'señor → 🐦'", 'señor → 🐦'],
    ['a template', 'export default `a ${"õ"} 🐦`', 'a õ 🐦'],
    ['a regular expression', "export default ['õ', '🐦'].map((one) => /^[õ🐦]$/u.test(one))", [true, true]],
    ['one without u', "export default '🐦'.replace(/🐦/, 'x')", 'x'],
    ['a comment', '/* … */ export default 1 // õ', 1],
  ])('means the same in %s', (_what, code, value) => {
    const narrowed = narrow(code);
    expect(narrowed).not.toMatch(/[\u0080-\uffff]/);
    expect(run(narrowed)).toEqual(value);
  });

  it('leaves a name as it is', () => {
    expect(run(narrow("const 𐺂 = { 𐺂: 'õ' }; export default 𐺂.𐺂"))).toBe('õ');
  });
});
