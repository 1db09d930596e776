import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { numberOf } from '../http/checked-id.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callRedmine } from './call-redmine.ts';

/** Custom fields of issues that an administrator adds once; names are part of the set-up in the README. */
export const customFields = { key: 'External key', phone: 'Phone' } as const;

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly trackerId: string | null;
  /** Number by name; null: not there, or not to be seen. */
  readonly fields: { readonly key: string | null; readonly phone: string | null };
}

/** Looks the project of the connection up, with the numbers of our fields in it. */
export async function readProject(context: ConnectorContext): Promise<Project> {
  const place = `/projects/${encodeURIComponent(projectName(context))}.json?include=trackers,issue_custom_fields`;
  const project = asRecord((await callRedmine(context, 'GET', place))['project']);
  const id = numberOf(project['id']);
  const named = [...asArray(project['issue_custom_fields']), ...(await fieldsOfIssues(context, id))].map(asRecord);
  const fieldOf = (name: string): string | null => {
    const found = named.find((field) => field['name'] === name);
    return found === undefined ? null : numberOf(found['id']);
  };
  const trackers = asArray(project['trackers']).map(asRecord);
  const wanted = (context.values['tracker'] ?? '').trim();
  const tracker = wanted === '' ? (trackers.find(({ name }) => name === 'Support') ?? trackers[0]) : trackers.find(({ name }) => name === wanted);
  return {
    id,
    name: asText(project['name']),
    trackerId: tracker === undefined ? null : numberOf(tracker['id']),
    fields: { key: fieldOf(customFields.key), phone: fieldOf(customFields.phone) },
  };
}

/** Fields "for all projects" are not told with the project, but with each of its issues. */
async function fieldsOfIssues(context: ConnectorContext, projectId: string): Promise<readonly unknown[]> {
  const answer = await callRedmine(context, 'GET', `/issues.json?project_id=${projectId}&status_id=*&limit=1&sort=id:desc`);
  return asArray(answer['issues']).flatMap((issue) => asArray(asRecord(issue)['custom_fields']));
}

export interface ReadyProject extends Project {
  readonly trackerId: string;
  readonly fields: { readonly key: string; readonly phone: string };
}

/**
 * The project with all we need, looked up once. Redmine writes an issue without the fields it does not know and says
 * nothing, and then we could never find it again.
 */
export async function requireProject(context: ConnectorContext): Promise<ReadyProject> {
  const memoryName = `project ${projectName(context)} ${context.values['tracker'] ?? ''}`;
  const known = context.memory.get(memoryName) as ReadyProject | undefined;
  if (known !== undefined) return known;
  const { fields, trackerId, ...project } = await readProject(context);
  if (fields.key === null || fields.phone === null || trackerId === null) {
    const missing = [fields.key === null && customFields.key, fields.phone === null && customFields.phone, trackerId === null && 'tracker'];
    throw new Permanent('setup-incomplete', { detail: missing.filter(Boolean).join(', ') });
  }
  const ready: ReadyProject = { ...project, trackerId, fields: { key: fields.key, phone: fields.phone } };
  context.memory.set(memoryName, ready);
  return ready;
}

export const projectName = (context: ConnectorContext): string => (context.values['project'] ?? '').trim();

/** What an issue says in one of our fields. */
export function fieldOf(issue: JsonRecord, id: string): string {
  const found = asArray(issue['custom_fields']).map(asRecord).find((field) => asText(field['id']) === id);
  return asText(found?.['value']);
}
