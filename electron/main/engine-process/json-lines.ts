import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';

/**
 * Calls back with every JSON value of a stream that holds one a line. Something else on the stream (a library
 * that prints) is left out.
 */
export const readJsonLines = (stream: Readable, onValue: (value: unknown) => void): void => {
  const decoder = new StringDecoder('utf8');
  // Parts of the unfinished line; joined once at its end, so that a large line costs its length only once.
  let parts: string[] = [];
  stream.on('data', (chunk: Buffer) => {
    const lines = decoder.write(chunk).split('\n');
    const rest = lines.pop() ?? '';
    for (const line of lines) {
      const whole = parts.join('') + line;
      parts = [];
      const value = parseLine(whole);
      if (value !== undefined) onValue(value);
    }
    if (rest !== '') parts.push(rest);
  });
};

const parseLine = (line: string): unknown => {
  if (line === '') return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
