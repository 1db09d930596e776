import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { ConnectorContext, FrozenFile, RemoteRef } from '../connector.ts';
import { keyPrefix } from '../core/keys.ts';
import { Permanent } from '../errors.ts';
import { callDolibarr, numberOf } from './call-dolibarr.ts';

/** A document is a name in the contact's folder, so the name carries the key. */
const tagOf = (key: string): string => `-${key.slice(0, keyPrefix.length - 1)}-${key.slice(keyPrefix.length)}`;

/**
 * One file, once: the same key gives the same name, and Dolibarr takes no second file of a name. Documents of contacts
 * cannot be listed over the API, and need not be.
 */
export async function addDocument(context: ConnectorContext, contact: RemoteRef, file: FrozenFile): Promise<RemoteRef> {
  const name = storedName(file);
  try {
    await callDolibarr(context, 'POST', '/documents/upload', {
      filename: name,
      modulepart: 'contact',
      ref: numberOf(contact.id),
      filecontent: await readFile(file.path, 'base64'),
      fileencoding: 'base64',
      overwriteifexists: 0,
      createdirifnotexists: 1,
    });
  } catch (error) {
    const isThere = error instanceof Permanent && error.code === 'rejected' && /already exists/i.test(error.more.detail ?? '');
    if (!isThere) throw error;
  }
  return { role: 'file', kind: 'document', id: `${numberOf(contact.id)}/${name}`, title: name };
}

export async function withdrawDocument(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  if (!ref.id.includes(tagOf(key))) throw new Permanent('rejected', { detail: `${ref.id} does not carry our key` });
  try {
    await callDolibarr(context, 'DELETE', `/documents?modulepart=contact&original_file=${encodeURIComponent(ref.id)}`);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
  }
}

/** What Dolibarr would rename to `.noexe` by itself (isAFileWithExecutableContent): then we would not know the name. */
const executable = /\.(?:html?|js|phar|php\d*|phtml|pht|pl|py|cgi|ksh|sh|shtml|bash|bat|cmd|wpk|exe|dmg|appimage)$/i;

/** As dol_sanitizeFileName makes it, so that the name we know is the name there: no accents, none of its forbidden signs. */
function storedName(file: FrozenFile): string {
  const end = extname(file.name).slice(0, 20);
  const stem = file.name.slice(0, file.name.length - extname(file.name).length).slice(0, 100).toWellFormed();
  const plain = (text: string): string =>
    text
      .normalize('NFD')
      .replace(/\p{Mn}/gu, '')
      .normalize('NFC')
      .replace(/[<>/\\?*|":°$;`'\u0000-\u001f]/g, '_')
      .replace(/\.{2,}|-{2,}/g, '_')
      .replace(/\s+-(?=\S)/g, ' _');
  const name = `${plain(stem).trim().replace(/^[.-]+/, '_')}${tagOf(file.key)}${plain(end)}`;
  return executable.test(name) ? `${name}.noexe` : name;
}
