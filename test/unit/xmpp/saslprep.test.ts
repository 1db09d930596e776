import { describe, expect, it } from 'vitest';
import { saslprep, SaslprepError } from '../../../bridges/xmpp/stream/sasl/saslprep.ts';

/** RFC 4013 section 3, and RFC 3454 for what it leaves open. */
describe('SASLprep', () => {
  const prepared: [string, string, string][] = [
    ['leaves ASCII alone', 'I am =, user', 'I am =, user'],
    ['drops a soft hyphen', 'I\u00adX', 'IX'],
    ['keeps the case', 'USER', 'USER'],
    ['takes compatibility forms apart', '\u00aa', 'a'],
    ['turns a roman number into letters', '\u2168', 'IX'],
    ['turns every space into a plain one', 'a\u00a0b\u3000c\u2003d', 'a b c d'],
    ['joins what was typed in two parts', 'cafe\u0301', 'caf\u00e9'],
    ['may leave nothing', '\u00ad', ''],
    ['lets right-to-left words be', '\u0627\u0628\u0031\u0628', '\u0627\u0628\u0031\u0628'],
    ['lets younger characters pass', 'pw \u{1f980}', 'pw \u{1f980}'],
  ];
  for (const [what, text, expected] of prepared) it(what, () => expect(saslprep(text)).toBe(expected));

  const refused: [string, string][] = [
    ['a control character', 'a\u0007'],
    ['a control character outside ASCII', 'a\u0085b'],
    ['private use', '\ue000'],
    ['a lone surrogate', 'a\ud800'],
    ['a replacement character', '\ufffd'],
    ['an ideographic description', '\u2ff0'],
    ['a tag character', 'x\u{e0041}'],
    ['two directions', '\u0627a'],
    ['a right-to-left word that ends in a digit', '\u0627\u0031'],
  ];
  for (const [what, text] of refused) it(`refuses ${what}`, () => expect(() => saslprep(text)).toThrow(SaslprepError));
});
