import { expect, it } from 'vitest';
import { multipartOf } from '../../../electron/engine/crm/http/multipart.ts';

it('makes forms that any server reads, whatever the names are', async () => {
  const bytes = new Uint8Array([0, 255, 13, 10, 45, 45]);
  const { bytes: body, contentType } = multipartOf([
    { name: 'note', content: 'línea 1\r\nlínea 2' },
    { name: 'file', content: bytes, fileName: 'ofer"ta\r\nñ.pdf', mime: 'application/pdf\r\nx-evil: 1' },
  ]);
  const form = await new Response(body, { headers: { 'content-type': contentType } }).formData();
  expect([...form.keys()]).toEqual(['note', 'file']);
  expect(form.get('note')).toBe('línea 1\r\nlínea 2');
  const file = form.get('file') as File;
  expect(file.name).toBe('ofer"ta\r\nñ.pdf');
  expect(new Uint8Array(await file.arrayBuffer())).toEqual(bytes);
});
