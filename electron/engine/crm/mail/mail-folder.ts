import { constants } from 'node:fs';
import { access, open, readdir, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connector, ConnectorContext, ContainerDraft, FrozenChunk, RemoteRef, WrittenNote } from '../connector.ts';
import { readFieldMarker } from '../core/marker.ts';
import { Conflict, Permanent } from '../errors.ts';
import { codeOf, folderFault } from '../file-folder/folder-fault.ts';
import { childOf, ensureFolder, isRealFolder, openRoot } from '../file-folder/safe-place.ts';
import { writeOnce } from '../file-folder/write-once.ts';
import { safeFileName } from '../text/safe-file-name.ts';
import { checkAddress, noteMail, openingMail, refHeader, titleOf } from './compose.ts';
import type { Addresses, Mail } from './compose.ts';
import { folderManifest } from './manifest.ts';

/** A folder for each conversation, a mail (RFC 5322) for each note with its files inside: for whatever reads mails. */
export const mailFolder: Connector = {
  manifest: folderManifest,
  origin: () => null,
  link: () => null,
  probe: (context) =>
    guarded(async () => {
      addressesOf(context);
      await access(await openRoot(context.values['folder']), constants.W_OK);
      return { isUsable: true, signedInAs: null, version: null, findings: [] };
    }),
  findTargets: () => Promise.resolve([]),
  findByKey: (context, role, key) => guarded(async () => (role === 'container' ? foldersByKey(await openRoot(context.values['folder']), key) : [])),
  createContainer: (context, draft, _contact, key) => guarded(() => createFolder(context, draft, key)),
  findNotes: (context, parent, key) => guarded(() => notesIn(context, parent, key)),
  append: (context, parent, chunk) => guarded(() => appendMail(context, parent, chunk)),
  withdraw: (context, ref, key) => guarded(() => withdraw(context, ref, key)),
};

const opening = 'opening.eml';
const noteName = /^note (pal1\.[a-z2-7]{16})\.eml$/;

async function foldersByKey(root: string, key: string): Promise<readonly RemoteRef[]> {
  const found: RemoteRef[] = [];
  for (const name of (await readdir(root)).filter((one) => one.endsWith(` [${key}]`)).sort()) {
    if (await isRealFolder(join(root, name))) found.push(folderRef(name));
  }
  return found;
}

/** The name says whose it is. Two devices that know the person by two names are brought together by the core. */
async function createFolder(context: ConnectorContext, draft: ContainerDraft, key: string): Promise<RemoteRef> {
  const root = await openRoot(context.values['folder']);
  const name = `${safeFileName(titleOf(draft)).slice(0, 80).trimEnd()} [${key}]`;
  const path = await ensureFolder(root, name);
  const isNew = await writeMail(join(path, opening), openingMail(addressesOf(context), draft, key));
  if (!isNew) throw new Conflict({ detail: 'the folder was made at the same time' });
  return folderRef(name);
}

async function notesIn(context: ConnectorContext, parent: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  const folder = await folderOf(context, parent);
  const notes: WrittenNote[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const [, own = ''] = noteName.exec(name) ?? [];
    if (own === '' || (key !== null && own !== key)) continue;
    const marker = await readRef(join(folder, name));
    if (marker?.key === own) notes.push({ ref: noteRef(parent, name), ...marker });
  }
  return notes;
}

async function appendMail(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  const folder = await folderOf(context, parent);
  const root = { key: keyOf(parent), title: (parent.title ?? '').replace(/ \[[^\]]*\]$/, '') };
  const name = `note ${chunk.key}.eml`;
  const isNew = await writeMail(join(folder, name), noteMail(addressesOf(context), root, chunk, 1, chunk.files));
  if (!isNew) throw new Conflict({ detail: 'the mail is there already' });
  return noteRef(parent, name);
}

async function withdraw(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const root = await openRoot(context.values['folder']);
  const [folderName = '', name = ''] = ref.role === 'note' ? ref.id.split('/') : [ref.id, opening];
  const folder = childOf(root, folderName);
  const path = childOf(folder, name);
  const carries = ref.role === 'note' ? (await readRef(path))?.key === key : keyOf(ref) === key;
  if (!carries) throw new Permanent('rejected', { detail: `${name} does not carry our key` });
  await unlink(path).catch(ignoreMissing);
  if (ref.role === 'container') await rmdir(folder);
}

/** The whole mail in one file, or none. */
const writeMail = (path: string, mail: Mail): Promise<boolean> =>
  writeOnce(path, async (file) => {
    const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
    for await (const part of new MailComposer({ ...mail, newline: 'win' }).compile().createReadStream()) await file.write(part as Uint8Array);
  });

/** Key and mark in the head of a mail of ours; null when it is no longer what we wrote. Never follows a link. */
async function readRef(path: string) {
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(ignoreMissing);
  if (file === undefined) return null;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8_192), 0, 8_192, 0);
    const [head = ''] = buffer.toString('latin1', 0, bytesRead).split('\r\n\r\n', 1);
    const line = head.split('\r\n').find((one) => one.toLowerCase().startsWith(`${refHeader.toLowerCase()}:`));
    return line === undefined ? null : readFieldMarker(line.slice(refHeader.length + 1));
  } finally {
    await file.close();
  }
}

function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ELOOP') throw error;
}

async function folderOf(context: ConnectorContext, parent: RemoteRef): Promise<string> {
  const folder = childOf(await openRoot(context.values['folder']), parent.id);
  if (!(await isRealFolder(folder))) throw new Permanent('record-gone', { detail: parent.id });
  return folder;
}

const keyOf = (ref: RemoteRef): string => /\[(pal1\.[a-z2-7]{16})\]$/.exec(ref.id)?.[1] ?? '';
const folderRef = (name: string): RemoteRef => ({ role: 'container', kind: 'folder', id: name, title: name });
const noteRef = (parent: RemoteRef, name: string): RemoteRef => ({ role: 'note', kind: 'mail', id: `${parent.id}/${name}` });

const addressesOf = ({ values }: ConnectorContext): Addresses => {
  const from = checkAddress(values['senderAddress'], 'senderAddress');
  return { from, to: (values['dropAddress'] ?? '') === '' ? from : checkAddress(values['dropAddress'], 'dropAddress') };
};

async function guarded<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw folderFault(error, 'folder');
  }
}
