import type { ConnectorContext, FrozenChunk, RemoteRef, WrittenNote } from '../connector.ts';
import { keyPrefix } from '../core/keys.ts';
import { formatFieldMarker, readFieldMarker } from '../core/marker.ts';
import { Permanent } from '../errors.ts';
import { asText } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { byAge, callSalesforce, idOf, query, quoted, secondOver } from './call-salesforce.ts';
import { keyField } from './contacts.ts';

/** Our tasks at a contact or case. Comments of a task cannot be searched, so the key stands in a field of its own. */
export async function findTasks(context: ConnectorContext, parent: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  const like = quoted(`${key === null ? keyPrefix : `${key};`}%`);
  const rows = await query(context, `SELECT Id, CreatedDate, ${keyField} FROM Task WHERE ${placeOf(parent)} = '${idOf(parent.id)}' AND ${keyField} LIKE ${like}`);
  return rows
    .flatMap((row) => {
      const marker = readFieldMarker(asText(row[keyField]));
      return marker === null || (key !== null && marker.key !== key) ? [] : [{ createdAt: asText(row['CreatedDate']), ref: taskRef(idOf(row['Id'])), ...marker }];
    })
    .sort(byAge);
}

/** A task that is done: it stands in the history of the contact or case and reminds nobody. */
export async function addTask(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  const json = {
    Subject: cleanLine(chunk.body.split('\n', 1)[0] ?? '', 250),
    Description: chunk.body,
    Status: 'Completed',
    ActivityDate: new Date().toISOString().slice(0, 10),
    [placeOf(parent)]: idOf(parent.id),
    [keyField]: formatFieldMarker(chunk),
  };
  const id = idOf((await callSalesforce(context, 'POST', '/sobjects/Task', { json }))['id']);
  await secondOver(context);
  return taskRef(id);
}

export async function withdrawTask(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const place = `/sobjects/Task/${idOf(ref.id)}`;
  try {
    const task = await callSalesforce(context, 'GET', `${place}?fields=${keyField}`);
    if (readFieldMarker(asText(task[keyField]))?.key !== key) throw new Permanent('rejected', { detail: `task ${ref.id} does not carry our key` });
    await callSalesforce(context, 'DELETE', place);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
  }
}

/** What a task is about, when that is no person, stands in a field of its own. */
const placeOf = (parent: RemoteRef): 'WhatId' | 'WhoId' => (parent.kind === 'case' ? 'WhatId' : 'WhoId');

const taskRef = (id: string): RemoteRef => ({ role: 'note', kind: 'task', id });
