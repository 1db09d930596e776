// needs: nothing
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStickers, Stickers } from '../../../bridges/xmpp/stickers.ts';
import type { XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { elementsOf } from '../../golden/xmpp/subject.ts';

const cid = 'sha1+4a5eb7171b58e08a6881721e3b43d5a44419a2be@bob.xmpp.org';
const data = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const one = (xml: string): XmlElement => {
  const [read] = elementsOf(xml);
  if (read === undefined) throw new Error('no element');
  return read;
};
const message = (bits: string, pictures = `<img src="cid:${cid}"/>`): XmlElement =>
  one(
    `<message from="paul@oriente.example/phone"><html xmlns="http://jabber.org/protocol/xhtml-im"><body xmlns="http://www.w3.org/1999/xhtml">${pictures}</body></html>${bits}</message>`,
  );
const bits = (text = data, mime = 'image/png'): string => `<data xmlns="urn:xmpp:bob" cid="${cid}" type="${mime}">${text}</data>`;

describe('stickers', () => {
  let dir = '';
  let count = 0;
  const path = (): string => join(dir, `f${(count += 1)}`);
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'stickers-'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  const world = (answer: () => XmlElement, mayAsk = true) => {
    const asked: string[] = [];
    const stickers = new Stickers({
      engine: {
        request: async ({ to }) => {
          asked.push(to ?? '');
          return answer();
        },
      },
      mayAsk: () => mayAsk,
    });
    return { stickers, asked };
  };
  const sourceOf = (read: XmlElement): string => readStickers(read)[0]?.source ?? '';

  it('that came along are written from the message, asking nobody', async () => {
    const { stickers, asked } = world(() => one('<iq/>'), false);
    const file = path();
    await stickers.download(sourceOf(message(bits())), file, 1_000);
    expect((await readFile(file)).toString('base64')).toBe(data);
    expect(asked).toEqual([]);
    await expect(stickers.download(sourceOf(message(bits())), path(), 10)).rejects.toMatchObject({ fault: { code: 'too-large' } });
  });

  it('are asked of who sent them, each hash once, and never of a stranger', async () => {
    const source = sourceOf(message(''));
    const { stickers, asked } = world(() => one(`<iq type="result">${bits()}</iq>`));
    for (let index = 0; index < 2; index += 1) await stickers.download(source, path(), 1_000);
    expect(asked).toEqual(['paul@oriente.example/phone']);
    const stranger = world(() => one(`<iq type="result">${bits()}</iq>`), false);
    await expect(stranger.stickers.download(source, path(), 1_000)).rejects.toMatchObject({ fault: { code: 'forbidden' } });
    expect(stranger.asked).toEqual([]);
  });

  it('are not taken when they are something else', async () => {
    const source = sourceOf(message(''));
    for (const lie of [bits('AAAA'), bits(data, 'text/html'), '']) {
      const { stickers } = world(() => one(`<iq type="result">${lie}</iq>`));
      await expect(stickers.download(source, path(), 1_000)).rejects.toMatchObject({ fault: { code: 'not-found' } });
    }
  });

  it('are few, however many a message names', () => {
    const flood = Array.from({ length: 5_000 }, (_, index) => `<img src="cid:sha1+${index.toString(16).padStart(40, '0')}@bob.xmpp.org"/>`).join('');
    expect(readStickers(message('', flood))).toHaveLength(5);
    const deep = `${'<p>'.repeat(20)}<img src="cid:${cid}"/>${'</p>'.repeat(20)}`;
    expect(readStickers(message('', deep)).length).toBeLessThanOrEqual(1);
  });
});
