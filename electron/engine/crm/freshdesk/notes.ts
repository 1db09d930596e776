import { readFile } from 'node:fs/promises';
import type { ConnectorContext, FrozenChunk, FrozenFile, RemoteRef, WrittenNote } from '../connector.ts';
import { carriesFileMarker, formatFileMarker } from '../core/file-marker.ts';
import { readMarker } from '../core/marker.ts';
import { Permanent } from '../errors.ts';
import { numberOf } from '../http/checked-id.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { FormPart } from '../http/multipart.ts';
import { htmlOfText, textOfHtml } from '../text/html-note.ts';
import { callFreshdesk, listOf } from './call-freshdesk.ts';

interface StoredNote {
  /** Ticket and note, since a note can be read through its ticket only. */
  readonly id: string;
  readonly text: string;
  readonly hasFiles: boolean;
}

/** Private notes of a ticket, oldest first; what a customer wrote or reads is none of ours. */
async function readNotes(context: ConnectorContext, ticketId: string): Promise<readonly StoredNote[]> {
  return (await listOf(context, `/tickets/${ticketId}/conversations`))
    .filter((note) => note['private'] === true && note['incoming'] !== true)
    .map((note) => ({
      id: `${ticketId}/${numberOf(note['id'])}`,
      text: textOfHtml(asText(note['body'])),
      hasFiles: asArray(note['attachments']).length > 0,
    }))
    .sort((a, b) => noteNumber(a.id) - noteNumber(b.id));
}

export async function findNotes(context: ConnectorContext, parent: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  return (await readNotes(context, numberOf(parent.id))).flatMap(({ id, text }): WrittenNote[] => {
    const marker = readMarker(text);
    return marker === null || (key !== null && marker.key !== key) ? [] : [{ ref: { role: 'note', kind: 'note', id }, ...marker }];
  });
}

/** A file stands at a private note of its own, which ends with its key. */
export async function findFiles(context: ConnectorContext, parent: RemoteRef, key: string): Promise<readonly RemoteRef[]> {
  return (await readNotes(context, numberOf(parent.id)))
    .filter(({ text, hasFiles }) => hasFiles && carriesFileMarker(text, key))
    .map(({ id }) => ({ role: 'file', kind: 'attachment', id }));
}

export async function addNote(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  const json = { body: htmlOfText(chunk.body), private: true };
  return { role: 'note', kind: 'note', id: await create(context, parent, { json }) };
}

export async function addFile(context: ConnectorContext, parent: RemoteRef, file: FrozenFile): Promise<RemoteRef> {
  const form: readonly FormPart[] = [
    { name: 'body', content: htmlOfText(`📎 ${file.name}\n${formatFileMarker(file.key)}`) },
    { name: 'private', content: 'true' },
    { name: 'attachments[]', content: new Uint8Array(await readFile(file.path)), fileName: file.name, mime: file.mime },
  ];
  return { role: 'file', kind: 'attachment', id: await create(context, parent, { form }) };
}

async function create(context: ConnectorContext, parent: RemoteRef, body: Parameters<typeof callFreshdesk>[3]): Promise<string> {
  const ticketId = numberOf(parent.id);
  const note = asRecord((await callFreshdesk(context, 'POST', `/tickets/${ticketId}/notes`, body)).data);
  return `${ticketId}/${numberOf(note['id'])}`;
}

/** Takes a note or a file's note back; one that is gone is as it should be. */
export async function withdrawNote(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const [ticketId] = ref.id.split('/');
  try {
    const note = (await readNotes(context, numberOf(ticketId))).find(({ id }) => id === ref.id);
    if (note === undefined) return;
    const isOurs = ref.role === 'file' ? carriesFileMarker(note.text, key) : readMarker(note.text)?.key === key;
    if (!isOurs) throw new Permanent('rejected', { detail: `note ${ref.id} does not carry our key` });
    await callFreshdesk(context, 'DELETE', `/conversations/${noteNumber(ref.id)}`);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
  }
}

const noteNumber = (id: string): number => Number(numberOf(id.split('/')[1]));
