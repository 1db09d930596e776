import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { vcardOf } from '../../../electron/engine/crm/text/vcard.ts';
import { openPushWorld } from '../../integration/crm/support/push-world.ts';
import type { PushWorld } from '../../integration/crm/support/push-world.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

const open: PushWorld[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.stop();
});

/** Unfolded lines, as a reader sees them. */
const linesOf = (card: string): readonly string[] => card.replaceAll('\r\n ', '').split('\r\n').slice(0, -1);

describe('a vCard', () => {
  it('says name, numbers, addresses and handles in the words of RFC 6350', () => {
    const card = vcardOf({
      name: 'Marta Ruiz',
      networkName: 'XMPP',
      identifiers: [
        { kind: 'phone', value: '+34600123456' },
        { kind: 'email', value: 'marta@levante.example' },
        { kind: 'handle', value: 'marta@xmpp.example' },
      ],
    });
    expect(linesOf(card)).toEqual([
      'BEGIN:VCARD',
      'VERSION:4.0',
      expect.stringMatching(/^UID:urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/),
      'FN:Marta Ruiz',
      'TEL;VALUE=uri;TYPE=cell:tel:+34600123456',
      'EMAIL:marta@levante.example',
      'IMPP:xmpp:marta@xmpp.example',
      'END:VCARD',
    ]);
  });

  it('lets a name begin no line of its own, and folds without breaking a character', () => {
    const name = `Eve; \\ , \r\nTEL:+1\u202E ${'señor 😀 '.repeat(20)}`;
    const card = vcardOf({ name, networkName: 'Matrix', identifiers: [{ kind: 'handle', value: '@eve:example.org\r\nEMAIL:x@evil.example' }] });
    expect(card).not.toMatch(/[^\r]\n|\r[^\n]/);
    for (const line of card.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(card).not.toContain('\ufffd');
    const lines = linesOf(card);
    expect(lines.filter((line) => /^(TEL|EMAIL)/.test(line))).toEqual([]);
    expect(lines.find((line) => line.startsWith('FN:'))).toContain('Eve\\; \\\\ \\, TEL:+1⟦U+202E⟧');
    expect(lines).toContain('NOTE:Matrix: @eve:example.org EMAIL:x@evil.example');
  });

  it('stands beside the page in a folder, and is the same after every push', async () => {
    const folder = tempFolder('card');
    const world = openPushWorld({ profileDir: tempFolder('card-profile') });
    open.push(world);
    const connection = await world.connect('file-folder', { folder });
    const conversation = world.addConversation({ name: 'Marta Ruiz', identifiers: [{ kind: 'phone', value: '+34600123456' }] });
    world.addMessage(conversation, { text: 'hola' });
    await world.pushAll(conversation, connection);
    const [name = ''] = readdirSync(folder);
    const read = (): string => readFileSync(join(folder, name, 'contact.vcf'), 'utf8');
    const first = read();
    expect(first).toContain('TEL;VALUE=uri;TYPE=cell:tel:+34600123456\r\n');
    world.addMessage(conversation, { text: 'otra' });
    await world.pushAll(conversation, connection);
    expect(read()).toBe(first);
  });
});
