/** QR codes by qrcode-generator (docs/decisions/0027-qr-codes.md): bytes, level L, as dense as they come, for screens are clean. */
import qrcode from 'qrcode-generator';

/** What fits into version 20, the largest that a phone is asked to read from a screen. */
const mostBytes = 858;

export interface QrCode {
  /** Modules a side, without the quiet zone. */
  readonly size: number;
  isDark(x: number, y: number): boolean;
}

/** @throws RangeError when the text is too long for a code that a phone reads from a screen. */
export const encodeQr = (text: string): QrCode => {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > mostBytes) throw new RangeError('too long for a QR code');
  const code = qrcode(0, 'L');
  // The library takes the low byte of every sign.
  code.addData(bytes.toString('latin1'), 'Byte');
  code.make();
  return { size: code.getModuleCount(), isDark: (x, y) => code.isDark(y, x) };
};
