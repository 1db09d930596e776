import type { ProbeFinding } from '#rpc';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connector, ConnectorContext, ContainerDraft, FrozenChunk, FrozenFile, RemoteRef } from '../connector.ts';
import { Conflict, Permanent } from '../errors.ts';
import { safeFileName } from '../text/safe-file-name.ts';
import { vcardOf } from '../text/vcard.ts';
import {
  attachmentsName,
  cardName,
  findFolders,
  indexName,
  readFiles,
  readNotes,
  rebuildSummaries,
  recordPath,
  recordsName,
  shortKey,
  toWrittenNote,
} from './conversation-folder.ts';
import { codeOf, folderFault } from './folder-fault.ts';
import { manifest } from './manifest.ts';
import { pageName, pdfName, wantsPdf } from './pdf-page.ts';
import { childOf, ensureFolder, isRealFolder, openRoot } from './safe-place.ts';
import { readStoredJson, toStoredJson } from './stored-json.ts';
import { writeOnce } from './write-once.ts';

/**
 * A folder on this computer as a CRM: one folder a conversation with a page for people (and a PDF of it, if wished),
 * JSON for programs, and the files. Every object is a file of its own that is put in place once, so nothing is ever
 * half there or there twice.
 */
export const fileFolder: Connector = {
  manifest,
  origin: () => null,
  link: () => null,

  probe: (context) =>
    guarded('folder', async () => {
      const root = await openRoot(context.values['folder']);
      await access(root, constants.W_OK);
      const findings: ProbeFinding[] = lacksWindow(context) ? [{ severity: 'info', code: 'pdf-needs-window' }] : [];
      return { isUsable: true, signedInAs: null, version: null, findings };
    }),

  sideEffects: (context) =>
    Promise.resolve(wantsPdf(context) ? [{ code: lacksWindow(context) ? 'pdf-needs-window' : 'also-pdf', values: { file: pdfName } }] : []),

  // The folder of a conversation is found by its key; there are no people to choose among.
  findTargets: () => Promise.resolve([]),

  findByKey: (context, role, key) =>
    guarded('folder', async () => (role === 'container' ? findFolders(await openRoot(context.values['folder']), key) : [])),

  createContainer: (context, draft, _contact, key) => guarded('folder', () => createFolder(context, draft, key)),

  findNotes: (context, parent, key) =>
    guarded(parent.id, async () => {
      const folder = await folderOf(context, parent);
      const notes = (await readNotes(folder)).map(toWrittenNote).filter((note) => key === null || note.key === key);
      await mendSummaries(context, folder, key !== null && notes.length > 0);
      return notes;
    }),

  append: (context, parent, chunk) => guarded(parent.id, () => appendNote(context, parent, chunk)),

  findFiles: (context, parent, key) =>
    guarded(parent.id, async () => {
      const folder = await folderOf(context, parent);
      const files = (await readFiles(folder)).filter((file) => file.key === key);
      await mendSummaries(context, folder, files.length > 0);
      return files.map((file) => fileRef(file.key));
    }),

  attach: (context, parent, file) => guarded(parent.id, () => attachFile(context, parent, file)),

  withdraw: (context, ref, key) => guarded('folder', () => withdraw(context, ref, key)),
};

/** A PDF is wished, and nobody here can draw one. */
const lacksWindow = (context: ConnectorContext): boolean => wantsPdf(context) && context.printPage === undefined;

async function createFolder(context: ConnectorContext, draft: ContainerDraft, key: string): Promise<RemoteRef> {
  const root = await openRoot(context.values['folder']);
  const name = `${safeFileName(draft.title).slice(0, 80).trimEnd()} [${shortKey(key)}]`;
  const folder = await ensureFolder(root, name);
  await ensureFolder(folder, recordsName);
  const index = { format: 'palomar-conversation', version: 1, key, title: draft.title, network: draft.networkName };
  const isNew = await writeOnce(join(folder, indexName), (file) => file.writeFile(toStoredJson(index)));
  await writeOnce(join(folder, cardName), (file) => file.writeFile(vcardOf({ ...draft, name: draft.contactName })));
  if (!isNew) throw new Conflict({ detail: 'the folder was made at the same time' });
  return { role: 'container', kind: 'folder', id: name, title: name };
}

async function appendNote(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  const folder = await folderOf(context, parent);
  await ensureFolder(folder, recordsName);
  const note = { key: chunk.key, last: chunk.last, writtenAtMs: Date.now(), text: chunk.body };
  const isNew = await writeOnce(recordPath(folder, 'note', chunk.key), (file) => file.writeFile(toStoredJson(note)));
  await rebuildSummaries(context, folder, await titleOf(folder));
  if (!isNew) throw new Conflict({ detail: 'the note is there already' });
  return { role: 'note', kind: 'note', id: chunk.key, title: parent.id };
}

/** An object that is looked for and found was written by an attempt that ended early, perhaps before the page was made. */
async function mendSummaries(context: ConnectorContext, folder: string, wasFound: boolean): Promise<void> {
  if (wasFound) await rebuildSummaries(context, folder, await titleOf(folder));
}

/** The bytes first, then the record of them: a record always means a whole file. */
async function attachFile(context: ConnectorContext, parent: RemoteRef, frozen: FrozenFile): Promise<RemoteRef> {
  const folder = await folderOf(context, parent);
  const attachments = await ensureFolder(folder, attachmentsName);
  const name = nameWithKey(frozen);
  const path = childOf(attachments, name);
  const isNew = await writeOnce(path, async (file) => {
    for await (const part of createReadStream(frozen.path)) await file.write(part as Uint8Array);
  });
  if (!isNew && (await sha256Of(path)) !== frozen.sha256) throw new Permanent('rejected', { detail: `${name} is another file` });
  const record = {
    key: frozen.key,
    name,
    mime: frozen.mime,
    sizeBytes: frozen.sizeBytes,
    sha256: frozen.sha256,
    writtenAtMs: Date.now(),
  };
  await writeOnce(recordPath(folder, 'file', frozen.key), (file) => file.writeFile(toStoredJson(record)));
  await rebuildSummaries(context, folder, await titleOf(folder));
  return fileRef(frozen.key);
}

/** Two files of the same name in one conversation must not meet: six characters of the key tell them apart. */
function nameWithKey(file: FrozenFile): string {
  const tag = ` [${shortKey(file.key).slice(0, 6)}]`;
  const ending = /\.[^.]{1,16}$/.exec(file.name)?.[0] ?? '';
  return `${file.name.slice(0, file.name.length - ending.length)}${tag}${ending}`;
}

async function withdraw(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  if (ref.role === 'container') return withdrawFolder(await openRoot(context.values['folder']), ref, key);
  const root = await openRoot(context.values['folder']);
  for (const name of await readdir(root)) {
    const folder = join(root, name);
    if (!(await isRealFolder(folder))) continue;
    const path = recordPath(folder, ref.role === 'note' ? 'note' : 'file', key);
    const record = await readStoredJson(path);
    if (record?.['key'] !== key) continue;
    if (ref.role === 'file') await unlink(childOf(join(folder, attachmentsName), String(record['name'])));
    await unlink(path);
    await rebuildSummaries(context, folder, await titleOf(folder));
    return;
  }
}

/** Only a folder that carries our key and holds nothing but what we put there. */
async function withdrawFolder(root: string, ref: RemoteRef, key: string): Promise<void> {
  const folder = childOf(root, ref.id);
  const index = await readStoredJson(join(folder, indexName));
  if (index?.['key'] !== key) throw new Permanent('rejected', { detail: 'the folder does not carry our key' });
  for (const name of [recordsName, attachmentsName]) await rmdir(join(folder, name)).catch(ignoreMissing);
  for (const name of [indexName, cardName, 'conversation.json', pageName, pdfName]) await rm(join(folder, name), { force: true });
  await rmdir(folder);
}

function ignoreMissing(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error;
}

async function folderOf(context: ConnectorContext, parent: RemoteRef): Promise<string> {
  const folder = childOf(await openRoot(context.values['folder']), parent.id);
  if (!(await isRealFolder(folder))) throw new Permanent('record-gone', { detail: parent.id });
  return folder;
}

async function titleOf(folder: string): Promise<string> {
  const index = await readStoredJson(join(folder, indexName));
  return typeof index?.['title'] === 'string' ? index['title'] : 'Conversation';
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part as Uint8Array);
  return hash.digest('hex');
}

const fileRef = (key: string): RemoteRef => ({ role: 'file', kind: 'file', id: key });

async function guarded<Result>(place: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw folderFault(error, place);
  }
}
