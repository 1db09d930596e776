import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A chequered picture of 8 × 8: what ejabberd shows is of no interest, only that it shows something. */
const picture =
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAE0lEQVR42mN40ACBDFD6AQNZIgAwoiwBmQbM3QAAAABJRU5ErkJggg==';

export interface CaptchaDrawer {
  /** What ejabberd calls with the words as argument; it prints a picture. */
  program: string;
  /** The words of the last picture; empty before the first. */
  lastWords(): string;
}

/** A program that "draws" what people must read, and remembers it for the test. */
export function captchaDrawer(folder: string): CaptchaDrawer {
  const program = join(folder, 'draw-captcha.sh');
  const words = join(folder, 'captcha-words');
  writeFileSync(join(folder, 'captcha.png'), Buffer.from(picture, 'base64'));
  writeFileSync(program, `#!/bin/sh\nprintf %s "$1" > '${words}'\nexec cat '${join(folder, 'captcha.png')}'\n`);
  chmodSync(program, 0o755);
  return { program, lastWords: () => (existsSync(words) ? readFileSync(words, 'utf8') : '') };
}
