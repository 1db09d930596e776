import { expect, it } from 'vitest';
import { maxPrintedHtmlChars, type EngineToHost } from '#rpc';
import { createPagePrinter } from '../../../electron/engine/host/page-printer.ts';

const setUp = () => {
  const posted: EngineToHost[] = [];
  const printer = createPagePrinter({ post: (message) => posted.push(message) });
  const answer = (id: number, pdf: string | null): void => printer.take({ type: 'printed', id, pdf: pdf === null ? null : Buffer.from(pdf).toString('base64') });
  return { posted, printer, answer };
};
const { signal } = new AbortController();

it('gives each page its own PDF, whatever the order of the answers', async () => {
  const { posted, printer, answer } = setUp();
  const both = [printer.print('<p>a', signal), printer.print('<p>b', signal)];
  expect(posted).toEqual([{ type: 'print', id: 1, html: '<p>a' }, { type: 'print', id: 2, html: '<p>b' }]);
  answer(2, '%PDF-b');
  answer(1, '%PDF-a');
  expect((await Promise.all(both)).map((pdf) => Buffer.from(pdf).toString())).toEqual(['%PDF-a', '%PDF-b']);
});

it.each([null, '', 'no PDF', '<html>'])('takes %j for none', async (pdf) => {
  const { printer, answer } = setUp();
  const printed = printer.print('<p>', signal);
  answer(1, pdf);
  await expect(printed).rejects.toThrow('could not be printed');
});

it('waits no longer than whoever asked, and asks nothing for a page that is too large', async () => {
  const { posted, printer, answer } = setUp();
  const given = new AbortController();
  const printed = printer.print('<p>', given.signal);
  given.abort();
  await expect(printed).rejects.toThrow('given up');
  answer(1, '%PDF-late');
  await expect(printer.print('<p>', given.signal)).rejects.toThrow();
  await expect(printer.print('x'.repeat(maxPrintedHtmlChars + 1), signal)).rejects.toThrow('too large');
  expect(posted).toHaveLength(1);
});
