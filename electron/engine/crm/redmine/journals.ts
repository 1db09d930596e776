import type { ConnectorContext, FrozenChunk, RemoteRef, WrittenNote } from '../connector.ts';
import { readMarker } from '../core/marker.ts';
import { Permanent, Unknown } from '../errors.ts';
import { numberOf } from '../http/checked-id.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import { callRedmine } from './call-redmine.ts';

/** Notes of an issue that end with our marker. A note is named by its issue and its own number. */
export async function findJournals(context: ConnectorContext, parent: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  const issueId = numberOf(parent.id);
  const issue = asRecord((await callRedmine(context, 'GET', `/issues/${issueId}.json?include=journals`))['issue']);
  return asArray(issue['journals'])
    .map(asRecord)
    .flatMap((journal): WrittenNote[] => {
      const marker = readMarker(asText(journal['notes']));
      if (marker === null || (key !== null && marker.key !== key)) return [];
      return [{ ref: noteRef(issueId, numberOf(journal['id'])), ...marker }];
    })
    .sort((a, b) => journalOf(a.ref) - journalOf(b.ref));
}

/** A private note: customers who can see their issue cannot see it, and are not mailed. */
export async function addJournal(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  const issue = { notes: chunk.body, private_notes: true };
  await callRedmine(context, 'PUT', `/issues/${numberOf(parent.id)}.json`, { json: { issue } });
  // The answer is empty, also where a right was missing and nothing was written.
  const ours = (await findJournals(context, parent, chunk.key)).at(-1);
  if (ours === undefined) throw new Permanent('forbidden', { detail: 'Add notes, Set notes as private, View private notes' });
  return ours.ref;
}

/** Redmine removes a note whose text is emptied. One that is gone already is as it should be. */
export async function withdrawJournal(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const [issueId = ''] = ref.id.split('/');
  const find = async () => (await findJournals(context, { role: 'container', kind: 'issue', id: issueId }, key)).find((note) => note.ref.id === ref.id);
  if ((await find()) === undefined) return;
  try {
    await callRedmine(context, 'PUT', `/journals/${journalOf(ref)}.json`, { json: { journal: { notes: '' } } });
  } catch (error) {
    // Another device may have taken it back in this instant.
    if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
  }
  if ((await find()) !== undefined) throw new Unknown({ detail: `note ${ref.id} is still there` }, 'server-error');
}

const noteRef = (issueId: string, journalId: string): RemoteRef => ({ role: 'note', kind: 'note', id: `${issueId}/${journalId}` });
const journalOf = (ref: RemoteRef): number => Number(numberOf(ref.id.split('/')[1]));
