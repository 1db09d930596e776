export type PassphraseStrength = 'too-short' | 'weak' | 'fair' | 'good';

export const shortestPassphrase = 8;

const kinds: readonly (readonly [signs: RegExp, count: number])[] = [
  [/[a-z]/u, 26],
  [/[A-Z]/u, 26],
  [/[0-9]/u, 10],
  [/[ -/:-@[-`{-~]/u, 33],
  [/[^ -~]/u, 60],
];

/**
 * How long a passphrase withstands guessing, in steps a person can act on: by its length and the kinds of its signs,
 * those that repeat counted half. It knows no dictionaries: it warns of the short and the plain, and promises nothing.
 */
export const strengthOf = (passphrase: string): PassphraseStrength => {
  const signs = [...passphrase];
  if (signs.length < shortestPassphrase) return 'too-short';
  const choices = kinds.reduce((sum, [kind, count]) => (kind.test(passphrase) ? sum + count : sum), 0);
  const different = new Set(signs).size;
  const worth = Math.min(signs.length, different + (signs.length - different) / 2, different * 2);
  const bits = worth * Math.log2(Math.max(choices, 2));
  if (bits < 55) return 'weak';
  return bits < 80 ? 'fair' : 'good';
};
