import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ConnectorContext, FrozenFile, PrintPage } from '../../../electron/engine/crm/connector.ts';
import { createPushKeys } from '../../../electron/engine/crm/core/keys.ts';
import { fileFolder } from '../../../electron/engine/crm/file-folder/file-folder.ts';
import { noHttp } from '../../../electron/engine/crm/http/pinned-http.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

const keys = createPushKeys(Buffer.alloc(32, 5));
const key = keys.container('c');
const chunk = (index: number) => ({ key: keys.note('c', `m${index}`), last: keys.mark('c', `m${index}`), body: `note ${index}`, files: [] });
const draft = { title: 'Marta Ruiz', networkName: 'XMPP', contactName: 'Marta Ruiz', identifiers: [] };
const context = (folder: string): ConnectorContext => ({ values: { folder }, http: noHttp, memory: new Map(), signal: AbortSignal.timeout(10_000), accessToken: () => Promise.reject(new Error('no sign-in')) });

const create = async (folder: string, title = draft.title) => {
  const made = await fileFolder.createContainer?.(context(folder), { ...draft, title }, null, key);
  if (!made) throw new Error('no folder was made');
  return made;
};

describe('the file folder', () => {
  it.each(['../../escape', '/etc/passwd', '..', 'a/../../b', 'con', '\u202Efdp'])('stays in the folder with a title like %j', async (title) => {
    const parent = tempFolder('outer');
    const root = mkdtempSync(join(parent, 'root-'));
    const made = await create(root, title);
    await fileFolder.append(context(root), made, chunk(1));
    expect(readdirSync(parent)).toHaveLength(1);
    expect(readdirSync(root)).toHaveLength(1);
    expect(made.id).not.toMatch(/[/\\]|^\./);
  });

  it('refuses links that lead out of it', async () => {
    const outside = tempFolder('outside');
    const root = tempFolder('root');
    const made = await create(root);
    symlinkSync(outside, join(root, made.id, 'attachments'));
    const source = join(outside, 'source');
    writeFileSync(source, 'bytes');
    const file: FrozenFile = { key: keys.file('c', 'm1', 'a'), name: 'a.txt', mime: '', sizeBytes: 5, sha256: 'x', path: source };
    await expect(fileFolder.attach?.(context(root), made, file)).rejects.toMatchObject({ code: 'folder-not-writable' });
    expect(readdirSync(outside)).toEqual(['source']);

    symlinkSync(outside, join(root, 'link'));
    await expect(fileFolder.append(context(root), { role: 'container', kind: 'folder', id: 'link' }, chunk(1))).rejects.toMatchObject({ code: 'record-gone' });
    await expect(fileFolder.append(context(root), { role: 'container', kind: 'folder', id: '../outside' }, chunk(1))).rejects.toMatchObject({ code: 'rejected' });
  });

  it('writes a note once whoever comes second', async () => {
    const root = tempFolder('root');
    const made = await create(root);
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => fileFolder.append(context(root), made, chunk(1))));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(results.filter((result) => result.status === 'rejected' && (result.reason as Error).name === 'Conflict')).toHaveLength(7);
    expect(await fileFolder.findNotes(context(root), made, null)).toMatchObject([{ key: chunk(1).key, last: chunk(1).last }]);
    expect(readdirSync(join(root, made.id, 'records')).filter((name) => name.startsWith('note-'))).toHaveLength(1);
  });

  it('is found by its key after a person renamed nothing but the title, not by another key', async () => {
    const root = tempFolder('root');
    const made = await create(root);
    expect(await fileFolder.findByKey(context(root), 'container', key, null)).toEqual([made]);
    expect(await fileFolder.findByKey(context(root), 'container', keys.container('other'), null)).toEqual([]);
    writeFileSync(join(root, made.id, 'index.json'), '{"key": broken');
    expect(await fileFolder.findByKey(context(root), 'container', key, null)).toEqual([]);
  });

  it('shows what customers wrote as text only', async () => {
    const root = tempFolder('root');
    const made = await create(root, '<img src=x onerror=alert(1)>');
    await fileFolder.append(context(root), made, { ...chunk(1), body: '</pre><script>alert(1)</script>' });
    const page = readFileSync(join(root, made.id, 'conversation.html'), 'utf8');
    expect(page).not.toMatch(/<script|<img/);
    expect(page).toContain('&lt;/pre&gt;&lt;script&gt;');
  });

  describe('with a PDF', () => {
    const printing = (folder: string, printPage?: PrintPage): ConnectorContext => ({ ...context(folder), values: { folder, pdf: 'true' }, printPage });
    const print: PrintPage = (html) => Promise.resolve(Buffer.from(`%PDF-${html}`));
    const pdfIn = (root: string, id: string): string | null => {
      const path = join(root, id, 'conversation.pdf');
      return existsSync(path) ? readFileSync(path, 'utf8') : null;
    };

    it('holds the page as it is, after each push and when something is taken back', async () => {
      const root = tempFolder('root');
      const made = await create(root);
      const pageOf = () => `%PDF-${readFileSync(join(root, made.id, 'conversation.html'), 'utf8')}`;
      await fileFolder.append(printing(root, print), made, chunk(1));
      await fileFolder.append(printing(root, print), made, chunk(2));
      expect(pdfIn(root, made.id)).toBe(pageOf());
      expect(pdfIn(root, made.id)).toContain('note 2');
      await fileFolder.withdraw?.(printing(root, print), { role: 'note', kind: 'note', id: chunk(2).key }, chunk(2).key);
      expect(pdfIn(root, made.id)).toBe(pageOf());
      expect(pdfIn(root, made.id)).not.toContain('note 2');
      await fileFolder.withdraw?.(printing(root, print), { role: 'note', kind: 'note', id: chunk(1).key }, chunk(1).key);
      await fileFolder.withdraw?.(printing(root, print), made, key);
      expect(readdirSync(root)).toEqual([]);
    });

    it('has none rather than an old one, where nobody can draw it; the rest is written', async () => {
      const root = tempFolder('root');
      const made = await create(root);
      await fileFolder.append(printing(root, print), made, chunk(1));
      await fileFolder.append(printing(root), made, chunk(2));
      expect(pdfIn(root, made.id)).toBeNull();
      let asked = 0;
      const failing: PrintPage = () => ((asked += 1), Promise.reject(new Error('no window')));
      await fileFolder.append(printing(root, failing), made, chunk(3));
      expect([asked, pdfIn(root, made.id)]).toEqual([1, null]);
      expect(readFileSync(join(root, made.id, 'conversation.html'), 'utf8')).toContain('note 3');
      expect(await fileFolder.findNotes(printing(root, print), made, null)).toHaveLength(3);
    });

    it('is not tried again and again within one push for a page that cannot be drawn, and is another time', async () => {
      const root = tempFolder('root');
      const made = await create(root);
      const other = await create(root, 'Another');
      let asked = 0;
      const failing: PrintPage = () => ((asked += 1), Promise.reject(new Error('printing took too long')));
      const push = printing(root, failing);
      for (const number of [1, 2, 3]) await fileFolder.append(push, made, chunk(number));
      expect(asked).toBe(1);
      await fileFolder.append(push, other, chunk(4));
      expect(asked).toBe(2);
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
      onTestFinished(() => void vi.useRealTimers());
      await fileFolder.append({ ...push, printPage: print }, other, chunk(5));
      expect(pdfIn(root, other.id)).toBeNull();
      vi.setSystemTime(Date.now() + 10 * 60_000);
      await fileFolder.append({ ...push, printPage: print }, other, chunk(6));
      expect(pdfIn(root, other.id)).toContain('note 6');
    });

    it('does not keep one of a page that another device has changed meanwhile', async () => {
      const root = tempFolder('root');
      const made = await create(root);
      const slow: PrintPage = async (html, signal) => {
        await fileFolder.append(context(root), made, chunk(2));
        return print(html, signal);
      };
      await fileFolder.append(printing(root, slow), made, chunk(1));
      expect(pdfIn(root, made.id)).toBeNull();
    });

    it('is told before it is written, and that it needs the window', async () => {
      const root = tempFolder('root');
      expect(await fileFolder.sideEffects?.(context(root))).toEqual([]);
      expect(await fileFolder.sideEffects?.(printing(root, print))).toMatchObject([{ code: 'also-pdf' }]);
      expect(await fileFolder.sideEffects?.(printing(root))).toMatchObject([{ code: 'pdf-needs-window' }]);
      expect(await fileFolder.probe(printing(root))).toMatchObject({ isUsable: true, findings: [{ severity: 'info', code: 'pdf-needs-window' }] });
      expect(await fileFolder.probe(printing(root, print))).toMatchObject({ findings: [] });
    });
  });

  it('says what is wrong with the folder', async () => {
    const root = tempFolder('root');
    await expect(fileFolder.probe(context(join(root, 'missing')))).rejects.toMatchObject({ code: 'folder-missing' });
    await expect(fileFolder.probe(context('relative'))).rejects.toMatchObject({ code: 'folder-missing' });
    writeFileSync(join(root, 'file'), '');
    await expect(fileFolder.probe(context(join(root, 'file')))).rejects.toMatchObject({ code: 'folder-missing' });
    mkdirSync(join(root, 'folder'));
    expect(await fileFolder.probe(context(join(root, 'folder')))).toMatchObject({ isUsable: true });
  });
});
