import { describe, expect, it } from 'vitest';
import { createOrTake, findLiving, isOwnId } from '../../../electron/engine/crm/core/own-ids.ts';
import { uuidOfKey } from '../../../electron/engine/crm/core/uuid-of-key.ts';
import { Conflict, Permanent } from '../../../electron/engine/crm/errors.ts';
import { acceptedFileName, harmlessText } from '../../../electron/engine/crm/suitecrm/harmless-text.ts';
import { blocksOf, textOfBlocks } from '../../../electron/engine/crm/twenty/block-text.ts';

const key = 'pal1.abcdefghijklmnop';

/** A product that keeps the ids of what was deleted. */
function table() {
  const rows = new Map<string, { readonly id: string; isDeleted: boolean }>();
  return {
    rows,
    create: (id: string) => {
      if (rows.has(id)) return Promise.reject(new Conflict({ detail: id }));
      rows.set(id, { id, isDeleted: false });
      return Promise.resolve({ id });
    },
    read: (id: string) => {
      const row = rows.get(id);
      return Promise.resolve(row === undefined || row.isDeleted ? null : { id });
    },
    deleteAll: () => rows.forEach((row) => (row.isDeleted = true)),
  };
}

describe('ids made of our keys', () => {
  it('are UUIDs of version 5, the same everywhere, another one for each key and turn', () => {
    // Pinned: an id that changes between versions of Palomar would double every record.
    expect(uuidOfKey(key)).toBe(uuidOfKey(key, 0));
    expect(uuidOfKey(key)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuidOfKey(key)).toBe('fec81c4a-3149-5105-8055-0ba550817180');
    expect(new Set([uuidOfKey(key), uuidOfKey(key, 1), uuidOfKey(`${key}/tie`), uuidOfKey('pal1.abcdefghijklmnoq')]).size).toBe(4);
  });

  it('take what is there already, and give a new id to what was deleted', async () => {
    const place = table();
    expect(await createOrTake(key, place)).toEqual({ row: { id: uuidOfKey(key) }, isNew: true });
    expect(await createOrTake(key, place)).toEqual({ row: { id: uuidOfKey(key) }, isNew: false });
    place.deleteAll();
    expect(await findLiving(key, place)).toBeNull();
    expect(await createOrTake(key, place)).toEqual({ row: { id: uuidOfKey(key, 1) }, isNew: true });
    expect(await findLiving(key, place)).toEqual({ id: uuidOfKey(key, 1) });
    expect([isOwnId(uuidOfKey(key, 1), key), isOwnId(uuidOfKey('pal1.other'), key)]).toEqual([true, false]);
  });

  it('end after some turns, and let other refusals through', async () => {
    const place = table();
    for (let turn = 0; turn < 4; turn += 1) {
      await createOrTake(key, place);
      place.deleteAll();
    }
    await expect(createOrTake(key, place)).rejects.toMatchObject({ code: 'rejected' });
    expect(place.rows.size).toBe(4);
    const forbidden = { ...place, create: () => Promise.reject(new Permanent('forbidden')) };
    await expect(createOrTake(key, forbidden)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('what SuiteCRM keeps', () => {
  it('writes the signs of markup in full width and leaves the rest', () => {
    expect(harmlessText('<script>a & b && c &amp; &#60; &lt</script> "x" \'y\' ñ 😀')).toBe('＜script>a & b && c ＆amp; ＆#60; ＆lt＜/script> "x" \'y\' ñ 😀');
    const marker = `[ref:${key};l=abcdefghij]`;
    expect(harmlessText(marker)).toBe(marker);
  });

  it('puts .txt behind endings that it refuses', () => {
    expect(['page.HTML', 'a.js', 'x.php5', 'oferta.pdf', 'html'].map(acceptedFileName)).toEqual(['page.HTML.txt', 'a.js.txt', 'x.php5.txt', 'oferta.pdf', 'html']);
  });
});

describe("blocks of Twenty's editor", () => {
  it('keep every line, empty ones too, and read back the same', () => {
    const text = '# uno\n\n- *dos* <b> `x`\n  tres\n[ref:pal1.abcdefghijklmnop;l=abcdefghij]';
    expect(textOfBlocks(blocksOf(text))).toBe(text);
    expect(JSON.parse(blocksOf('a\n'))).toEqual([
      { type: 'paragraph', content: [{ type: 'text', text: 'a', styles: {} }] },
      { type: 'paragraph', content: [] },
    ]);
  });

  it('are read with care', () => {
    expect(['', 'null', '{"a":1}', '[1,null,{"content":"x"},{"content":[{"text":5},null]}]', '<p>'].map(textOfBlocks)).toEqual(['', '', '', '\n\n\n5', '']);
  });
});
