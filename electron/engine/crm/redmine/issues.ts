import type { Candidate, ConnectorContext, ContainerDraft, RemoteRef, TargetQuery } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { numberOf } from '../http/checked-id.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { callRedmine, changeFields } from './call-redmine.ts';
import { fieldOf, requireProject } from './project.ts';

/** Open issues with the caller's number. */
export async function findIssues(context: ConnectorContext, query: TargetQuery): Promise<readonly Candidate[]> {
  const phones = query.identifiers.filter(({ kind }) => kind === 'phone').map(({ value }) => value);
  if (phones.length === 0) return [];
  const { id, fields } = await requireProject(context);
  const found: Candidate[] = [];
  for (const phone of phones) {
    for (const issue of await searchIssues(context, `project_id=${id}&status_id=open&cf_${fields.phone}=${encodeURIComponent(phone)}`)) {
      found.push(toCandidate(issue, fieldOf(issue, fields.phone)));
    }
  }
  return found;
}

/** @throws Permanent `setup-incomplete` when the server does not filter by our field: then we would write everything twice */
export async function issuesByKey(context: ConnectorContext, key: string): Promise<readonly RemoteRef[]> {
  const { fields } = await requireProject(context);
  const issues = await searchIssues(context, `status_id=*&sort=id&cf_${fields.key}=${encodeURIComponent(key)}`);
  const ours = issues.filter((issue) => fieldOf(issue, fields.key) === key);
  if (ours.length < issues.length) throw new Permanent('setup-incomplete', { detail: 'External key: used as a filter' });
  return ours.map(toRef).sort((a, b) => Number(a.id) - Number(b.id));
}

export async function createIssue(context: ConnectorContext, draft: ContainerDraft, key: string): Promise<RemoteRef> {
  const { id, trackerId, fields } = await requireProject(context);
  const phone = draft.identifiers.find(({ kind }) => kind === 'phone')?.value ?? '';
  const subject = cleanLine(`${draft.networkName}: ${draft.title}`, 200);
  const issue = {
    project_id: Number(id),
    tracker_id: Number(trackerId),
    subject,
    custom_fields: [
      { id: Number(fields.key), value: key },
      { id: Number(fields.phone), value: phone },
    ],
  };
  const created = asRecord((await callRedmine(context, 'POST', '/issues.json', { json: { issue } }))['issue']);
  // Without its key nobody finds it again: the right to set fields may be missing.
  if (fieldOf(created, fields.key) !== key) throw new Permanent('setup-incomplete', { detail: 'External key: may not be set' });
  return { ...toRef(created), title: subject };
}

/** Deletes it, or, where that right is missing, takes our key off it and closes nothing: an empty issue stays. */
export async function withdrawIssue(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const { fields } = await requireProject(context);
  const place = `/issues/${numberOf(ref.id)}.json`;
  const issue = asRecord((await callRedmine(context, 'GET', place))['issue']);
  if (fieldOf(issue, fields.key) !== key) throw new Permanent('rejected', { detail: `issue ${ref.id} does not carry our key` });
  try {
    await callRedmine(context, 'DELETE', place);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'forbidden') throw error;
    await changeFields(context, ref.id, { custom_fields: [{ id: Number(fields.key), value: '' }] });
  }
}

async function searchIssues(context: ConnectorContext, query: string): Promise<readonly JsonRecord[]> {
  return asArray((await callRedmine(context, 'GET', `/issues.json?${query}&limit=100`))['issues']).map(asRecord);
}

const toCandidate = (issue: JsonRecord, phone: string): Candidate => ({
  ref: toRef(issue),
  title: asText(issue['subject']),
  subtitle: `#${asText(issue['id'])} · ${asText(asRecord(issue['status'])['name'])}`,
  identifiers: phone === '' ? [] : [{ kind: 'phone', value: phone }],
});

const toRef = (issue: JsonRecord): RemoteRef => ({
  role: 'container',
  kind: 'issue',
  id: numberOf(issue['id']),
  title: asText(issue['subject']),
});
