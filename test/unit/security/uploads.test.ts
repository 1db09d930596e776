import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { maxUploadBytes } from '#rpc';
import { readSlot } from '../../../bridges/xmpp/extensions/0363-http-upload.ts';
import { XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { receiveUpload } from '../../../electron/engine/serve/receive-upload.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

const uploadNamespace = 'urn:xmpp:http:upload:0';
const slotOf = (put: string, get: string, headers: Readonly<Record<string, string>> = {}): XmlElement => {
  const make = (name: string, attributes: Record<string, string>, children: (XmlElement | string)[] = []): XmlElement => {
    const made = new XmlElement(name, uploadNamespace, attributes);
    made.children.push(...children);
    return made;
  };
  const headerElements = Object.entries(headers).map(([name, value]) => make('header', { name }, [value]));
  const slot = make('slot', {}, [make('put', { url: put }, headerElements), make('get', { url: get })]);
  return make('iq', {}, [slot]);
};

describe('the place that a server gives for a file', () => {
  it.each([
    ['http://files.example/put', 'https://files.example/get'],
    ['https://files.example/put', 'http://files.example/get'],
    ['file:///etc/passwd', 'https://files.example/get'],
    ['', ''],
  ])('is refused: %s, %s', (put, get) => {
    expect(() => readSlot(slotOf(put, get))).toThrow(expect.objectContaining({ fault: expect.objectContaining({ code: 'server-incompatible' }) as unknown }));
  });

  it('sets three headers at most, each of one line', () => {
    const headers = { Authorization: 'Basic x\r\nHost: evil.example', Host: 'evil.example', 'Content-Length': '0', 'X-Other': 'y' };
    expect(readSlot(slotOf('https://files.example/put', 'https://files.example/get', headers)).headers).toEqual({
      authorization: 'Basic xHost: evil.example',
    });
  });
});

describe('an upload of the page in browser mode', () => {
  it('that never said how long it is ends at the limit, and leaves nothing', async () => {
    const path = join(tempFolder('staging'), 'one');
    // Half a gigabyte would take a while: one byte that says it is more.
    const chunk = Object.defineProperty(Buffer.alloc(1), 'length', { value: maxUploadBytes + 1 });
    const request = Object.assign(Readable.from([chunk]), { headers: {} });
    const staged = vi.fn(() => Promise.resolve({ isReady: true }));
    const host = { 'host.stage': () => Promise.resolve({ id: 'one', path }), 'host.staged': staged };
    const receiving = receiveUpload(host as never, new URL('http://127.0.0.1/upload?name=a.bin'), request as never);
    await expect(receiving).rejects.toMatchObject({ rpcError: { code: 'too-large' } });
    expect(existsSync(path)).toBe(false);
    expect(staged).toHaveBeenCalledExactlyOnceWith({ id: 'one', sizeBytes: -1 });
  });
});
