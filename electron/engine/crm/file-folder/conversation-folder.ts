import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectorContext, RemoteRef, WrittenNote } from '../connector.ts';
import { asText } from '../http/json-value.ts';
import { formatSize } from '../text/format-size.ts';
import { codeOf } from './folder-fault.ts';
import { pageName, removePdf, writePdf } from './pdf-page.ts';
import { renderPage } from './render-page.ts';
import { ensureFolder, isRealFolder } from './safe-place.ts';
import { readStoredJson, toStoredJson } from './stored-json.ts';
import { replaceFile } from './write-once.ts';

export const indexName = 'index.json';
/** Who it is, for an address book or a CRM's import. */
export const cardName = 'contact.vcf';
export const recordsName = 'records';
export const attachmentsName = 'attachments';

export interface StoredNote {
  readonly key: string;
  readonly last: string;
  readonly text: string;
  readonly writtenAtMs: number;
}

export interface StoredFile {
  readonly key: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly mime: string;
  readonly writtenAtMs: number;
}

/** Every note of a conversation, oldest first. */
export async function readNotes(folder: string): Promise<readonly StoredNote[]> {
  const records = await readRecords(folder, 'note');
  return records.map(({ json, key }) => ({
    key,
    last: asText(json['last']),
    text: asText(json['text']),
    writtenAtMs: Number(json['writtenAtMs'] ?? 0),
  }));
}

export async function readFiles(folder: string): Promise<readonly StoredFile[]> {
  const records = await readRecords(folder, 'file');
  return records.map(({ json, key }) => ({
    key,
    name: asText(json['name']),
    sizeBytes: Number(json['sizeBytes'] ?? 0),
    sha256: asText(json['sha256']),
    mime: asText(json['mime']),
    writtenAtMs: Number(json['writtenAtMs'] ?? 0),
  }));
}

export const recordPath = (folder: string, kind: 'note' | 'file', key: string): string =>
  join(folder, recordsName, `${kind}-${key}.json`);

export const toWrittenNote = (note: StoredNote): WrittenNote => ({
  ref: { role: 'note', kind: 'note', id: note.key },
  key: note.key,
  last: note.last,
});

/** The page, the JSON and, if wished, the PDF, for people and programs, made from the records: a lost update mends itself. */
export async function rebuildSummaries(context: ConnectorContext, folder: string, title: string): Promise<void> {
  const notes = await readNotes(folder);
  const files = await readFiles(folder);
  const pageFiles = files.map((file) => ({
    name: file.name,
    path: `${attachmentsName}/${file.name}`,
    size: formatSize(file.sizeBytes),
  }));
  const page = renderPage(title, notes, pageFiles);
  await removePdf(folder);
  await replaceFile(join(folder, 'conversation.json'), toStoredJson({ title, notes, files }));
  await replaceFile(join(folder, pageName), page);
  await writePdf(folder, page, context);
}

/** Folders of this conversation: their name ends with the key, and their index says so too. */
export async function findFolders(root: string, key: string): Promise<readonly RemoteRef[]> {
  const ending = ` [${shortKey(key)}]`;
  const names = (await readdir(root)).filter((name) => name.endsWith(ending)).sort();
  const refs: RemoteRef[] = [];
  for (const name of names) {
    const path = join(root, name);
    if (!(await isRealFolder(path))) continue;
    const index = await readStoredJson(join(path, indexName));
    if (asText(index?.['key']) === key) refs.push({ role: 'container', kind: 'folder', id: name, title: name });
  }
  return refs;
}

/** Eight characters are enough for a name; the whole key stands in the index. */
export const shortKey = (key: string): string => key.slice('pal1.'.length, 'pal1.'.length + 8);

async function readRecords(folder: string, kind: 'note' | 'file') {
  const records = await ensureFolder(folder, recordsName);
  const found = [];
  for (const name of await namesIn(records)) {
    const key = new RegExp(`^${kind}-(pal1\\.[a-z2-7]{16})\\.json$`).exec(name)?.[1];
    const json = key === undefined ? null : await readStoredJson(join(records, name));
    if (key !== undefined && json !== null) found.push({ key, json, writtenAtMs: Number(json['writtenAtMs'] ?? 0) });
  }
  return found.sort((a, b) => a.writtenAtMs - b.writtenAtMs || (a.key < b.key ? -1 : 1));
}

async function namesIn(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
