import { randomBytes } from 'node:crypto';

export interface FormPart {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** Makes the part a file. */
  readonly fileName?: string | undefined;
  readonly mime?: string | undefined;
}

/** A body of multipart/form-data (RFC 7578) with the header that names its boundary. */
export function multipartOf(parts: readonly FormPart[]): { readonly bytes: Uint8Array<ArrayBuffer>; readonly contentType: string } {
  const boundary = `palomar-${randomBytes(16).toString('hex')}`;
  const pieces = parts.flatMap(({ name, content, fileName, mime }) => [
    Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="${quoted(name)}"` +
        (fileName === undefined ? '' : `; filename="${quoted(fileName)}"`) +
        (mime === undefined ? '' : `\r\ncontent-type: ${mime.replace(/[^\x20-\x7e]/g, '')}`) +
        '\r\n\r\n',
    ),
    typeof content === 'string' ? Buffer.from(content) : content,
    Buffer.from('\r\n'),
  ]);
  const bytes = new Uint8Array(Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]));
  return { bytes, contentType: `multipart/form-data; boundary=${boundary}` };
}

/** As browsers write names (https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data). */
const quoted = (name: string): string => name.replace(/["\r\n]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
