import { describe, expect, it } from 'vitest';
import { createPushKeys, keyPattern } from '../../../electron/engine/crm/core/keys.ts';
import { formatFieldMarker, formatMarker, markerChars, readFieldMarker, readMarker } from '../../../electron/engine/crm/core/marker.ts';

const keys = createPushKeys(Buffer.alloc(32, 1));
const marker = { key: keys.note('conversation', 'first'), last: keys.mark('conversation', 'last') };

describe('keys of pushed objects', () => {
  it('are the same on every device with the same workspace key, and others with another', () => {
    const same = createPushKeys(Buffer.alloc(32, 1));
    const other = createPushKeys(Buffer.alloc(32, 2));
    expect(same.contact('xmpp', 'marta@levante.example')).toBe(keys.contact('xmpp', 'marta@levante.example'));
    expect(other.contact('xmpp', 'marta@levante.example')).not.toBe(keys.contact('xmpp', 'marta@levante.example'));
  });

  it('have one form and do not run into each other', () => {
    const made = [keys.contact('a', 'bc'), keys.contact('ab', 'c'), keys.container('abc'), keys.note('a', 'bc'), keys.file('a', 'b', 'c'), keys.file('a', 'bc', '')];
    expect(new Set(made).size).toBe(made.length);
    for (const key of made) expect(key).toMatch(keyPattern);
  });
});

describe('markers', () => {
  it('are read back from the last line of a body', () => {
    const body = `hello\n${formatMarker(marker)}`;
    expect(readMarker(body)).toEqual(marker);
    expect(body.length - 'hello'.length).toBe(markerChars);
    expect(readFieldMarker(formatFieldMarker(marker))).toEqual(marker);
  });

  it('count only in the last line: what a customer quotes does not', () => {
    expect(readMarker(`${formatMarker(marker)}\nmore text`)).toBeNull();
    expect(readMarker(`said ${formatMarker(marker)}`)).toBeNull();
    expect(readFieldMarker(`${formatFieldMarker(marker)} or so`)).toBeNull();
  });
});
