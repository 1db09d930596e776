import type { ConnectorContext, ContainerDraft, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { cleanLine } from '../text/clean-text.ts';
import { idOf } from './ids.ts';
import { containerKindOf, taskKind } from './kinds.ts';
import type { Kind } from './kinds.ts';
import { externalId, findByExternalId, knownFields, loadOnce, search } from './records.ts';

export async function containersByKey(context: ConnectorContext, key: string): Promise<readonly RemoteRef[]> {
  const kind = containerKindOf(context.values);
  const id = kind === null ? null : await findByExternalId(context, kind.model, externalId('container', key));
  return kind === null || id === null ? [] : [{ role: 'container', kind: kind.kind, id: String(id) }];
}

/** A lead of ours (its salesperson is this user), or a task in the project of the connection. */
export async function createContainer(context: ConnectorContext, draft: ContainerDraft, contact: RemoteRef | null, key: string): Promise<RemoteRef> {
  const kind = containerKindOf(context.values);
  if (kind === null) throw new Permanent('internal', { detail: 'no kind of container was chosen' });
  const name = cleanLine(`${draft.networkName}: ${draft.title}`, 200);
  const values = {
    name,
    ...(contact === null ? {} : { 'partner_id/.id': String(idOf(contact)) }),
    ...(kind === taskKind ? { 'project_id/.id': String(await requireProject(context)) } : await leadValues(context, kind, draft)),
  };
  const id = await loadOnce(context, kind.model, externalId('container', key), values);
  return { role: 'container', kind: kind.kind, id: String(id), title: name };
}

async function leadValues(context: ConnectorContext, kind: Kind, draft: ContainerDraft): Promise<Readonly<Record<string, string>>> {
  const [phone] = await knownFields(context, kind.model, kind.phones);
  const [email] = kind.emails;
  const first = (wanted: string) => draft.identifiers.find((one) => one.kind === wanted)?.value;
  const values: Record<string, string> = { contact_name: cleanLine(draft.contactName, 120) };
  for (const [field, value] of [[phone, first('phone')], [email, first('email')]]) {
    if (field !== undefined && value !== undefined) values[field] = value;
  }
  return values;
}

/** The project for tasks by its name; null: there is none that this user may see. */
export async function findProject(context: ConnectorContext): Promise<number | null> {
  const [found] = await search(context, 'project.project', [['name', '=', projectName(context)], ['active', '=', true]], ['name']);
  return found === undefined ? null : idOf(found);
}

export const projectName = (context: ConnectorContext): string => (context.values['taskProject'] ?? '').trim();

async function requireProject(context: ConnectorContext): Promise<number> {
  const project = await findProject(context);
  if (project === null) throw new Permanent('setup-incomplete', { detail: `project ${projectName(context)}` });
  return project;
}
