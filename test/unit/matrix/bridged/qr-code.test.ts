import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { drawQr } from '#kit';
import { encodeQr } from '../../../../bridges/kit/qr-code.ts';

/** Text, mask, modules a side, and the hash of all modules, as python-qrcode 8 draws them (byte mode, level L). */
const drawnByOthers: readonly (readonly [text: string, mask: number, size: number, hash: string])[] = [
  ['fakenet-qr-1', 0, 21, '02d7e4cb0ea9481e6a55012e99d32f6046e33edab3973ef3849b8ab24500bc65'],
  ['fakenet-qr-1', 5, 21, '3accd5bd4951a629e6cb27813558d5b46292b63243356a3c718803fd3401204a'],
  ['https://example.org/pair?code=äöü', 0, 29, '603d279c4e11571d8e88e5a0f72331ed1b94d45e4b408f8c4b137ef5ee85236f'],
  ['https://example.org/pair?code=äöü', 5, 29, '100e3b66a98d9ec0d4520e108f48330a4d0fbdf39690fc9191e4cf845c293a48'],
  ['x'.repeat(100), 0, 37, '78a0bac7e40a2e1567ec1bab00eae9dc094261a822d8bd18b7b2788eaa3aebda'],
  ['x'.repeat(100), 5, 37, '232452c3ec4aee20e3d0bddb647c179cfd23acfa0688c1092a899cef46bbf126'],
  [`2@${'AbC/+='.repeat(40)}`, 0, 57, 'f681ea61464f67da3b18e123ef7f14943060daede85c22fc73bd8d27ef8521ff'],
  [`2@${'AbC/+='.repeat(40)}`, 5, 57, '3766f80372441724eae9311429bc22a024618e135492ef89b3e64a2986d32065'],
  ['y'.repeat(600), 0, 85, '77d2156c89623e501d4e688d5453c83a6601b86cbc660341d85acf87b2c425f1'],
  ['y'.repeat(600), 5, 85, '860549767c2a5bb4db2d7ec45c47ff0373e4df50b8c4de9c83ea2b29dc800473'],
  ['z'.repeat(858), 0, 97, 'cb772a8c54870cf4534c201b70844bf78ad82e38c999c8342b0c55f07464e67c'],
  ['z'.repeat(858), 5, 97, '58ec333f2144748585d28d754c5817e9c1b8016e9712d209310a9cacce1443b6'],
];

const modulesOf = (text: string, mask?: number): string => {
  const code = encodeQr(text, mask);
  const places = Array.from({ length: code.size }, (_, index) => index);
  return places.flatMap((y) => places.map((x) => (code.isDark(x, y) ? '1' : '0'))).join('');
};

describe('a QR code', () => {
  it.each(drawnByOthers)('of %s under mask %i is the one that others draw', (text, mask, size, hash) => {
    expect(encodeQr(text, mask).size).toBe(size);
    expect(createHash('sha256').update(modulesOf(text, mask)).digest('hex')).toBe(hash);
  });

  it('has the mask of the least penalty, one of the eight', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((mask) => modulesOf('pair', mask))).toContain(modulesOf('pair'));
  });

  it('is a picture with a margin, and refuses what is too long', () => {
    expect(drawQr('x')).toMatchObject({ mime: 'image/png', widthPx: 174, heightPx: 174 });
    expect(() => drawQr('x'.repeat(900))).toThrow(RangeError);
  });
});
