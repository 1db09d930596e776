import { readFileSync } from 'node:fs';

/** Whether a file (a log) holds a text, at least `count` times. */
export function hasInFile(path: string, text: string, count = 1): boolean {
  try {
    return readFileSync(path, 'utf8').split(text).length > count;
  } catch {
    return false;
  }
}
