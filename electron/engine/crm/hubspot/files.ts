import { readFile } from 'node:fs/promises';
import type { ConnectorContext, FrozenFile, RemoteRef } from '../connector.ts';
import { carriesFileMarker, formatFileMarker } from '../core/file-marker.ts';
import { Permanent } from '../errors.ts';
import { htmlOfText } from '../text/html-note.ts';
import { callHubspot, numberOf } from './call-hubspot.ts';
import { createNote, readNote, readNotes } from './notes.ts';

/** HubSpot shows files of a record as attachments of a note, so each of ours has a note of its own with the key. */
export async function findFiles(context: ConnectorContext, parent: RemoteRef, key: string): Promise<readonly RemoteRef[]> {
  return (await readNotes(context, parent))
    .filter(({ text, fileIds }) => fileIds.length > 0 && carriesFileMarker(text, key))
    .map(({ id }) => fileRef(id));
}

/** Private: whoever has only the address of the file does not get it. */
export async function addFile(context: ConnectorContext, parent: RemoteRef, file: FrozenFile): Promise<RemoteRef> {
  const uploaded = await callHubspot(context, 'POST', '/files/v3/files', {
    form: [
      { name: 'file', content: new Uint8Array(await readFile(file.path)), fileName: file.name, mime: file.mime },
      { name: 'fileName', content: file.name },
      { name: 'folderPath', content: `/Palomar/${file.key.replace('.', '-')}` },
      { name: 'options', content: JSON.stringify({ access: 'PRIVATE' }) },
    ],
  });
  const body = htmlOfText(`📎 ${file.name}\n${formatFileMarker(file.key)}`);
  return fileRef(await createNote(context, parent, { hs_note_body: body, hs_attachment_ids: numberOf(uploaded['id']) }));
}

/** The note, then the files it holds: nobody else's note names them, each was uploaded for this one. */
export async function withdrawFile(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const note = await readNote(context, numberOf(ref.id));
  if (note === null) return;
  if (!carriesFileMarker(note.text, key)) throw new Permanent('rejected', { detail: `note ${ref.id} does not carry our key` });
  for (const id of note.fileIds) {
    try {
      await callHubspot(context, 'DELETE', `/files/v3/files/${id}`);
    } catch (error) {
      if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
    }
  }
  await callHubspot(context, 'DELETE', `/crm/v3/objects/notes/${note.id}`);
}

const fileRef = (noteId: string): RemoteRef => ({ role: 'file', kind: 'attachment', id: noteId });
