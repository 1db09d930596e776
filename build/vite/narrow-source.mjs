/**
 * Writes every character beyond ASCII as an escape. A single one of them makes V8 keep the whole file with two bytes a
 * character, and that for as long as the program runs.
 * @returns {import('vite').Plugin}
 */
export function narrowSource() {
  return {
    name: 'palomar-narrow-source',
    // When all else is done: whoever prints code later would write the characters themselves again.
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const output of Object.values(bundle)) {
          if (output.type === 'chunk' && wide.test(output.code)) output.code = narrow(output.code, namesIn(this.parse(output.code)));
        }
      },
    },
  };
}

const wide = /[\u0080-\uffff]/;

/** Escapes of UTF-16 units read the same in strings, templates, regular expressions and comments; not in names. */
function narrow(code, names) {
  const isInName = (at) => names.some(([start, end]) => at >= start && at < end);
  return code.replace(/[\u0080-\uffff]/g, (unit, at) =>
    isInName(at) ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Where names stand that hold such characters themselves. */
function namesIn(node, found = []) {
  if (Array.isArray(node)) for (const one of node) namesIn(one, found);
  else if (typeof node === 'object' && node !== null) {
    if (node.type === 'Identifier' && wide.test(node.name)) found.push([node.start, node.end]);
    for (const value of Object.values(node)) namesIn(value, found);
  }
  return found;
}
