import type { RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { links } from '../ledger/links.ts';
import type { Link } from '../ledger/links.ts';
import { ops } from '../ledger/ops.ts';
import { pushedMessages } from '../ledger/pushed-messages.ts';
import { createKey } from './choose-target.ts';
import { ensureObject } from './ensure-object.ts';
import type { PlanContent } from './plan.ts';
import type { PushRun } from './push-run.ts';

export interface ResolvedParent {
  /** Notes and files go here. */
  readonly ref: RemoteRef;
  /** Another device made it, perhaps right now. */
  readonly isAdoptedNow: boolean;
}

/** The record that notes go to: the chosen one, or a new one by our key; a container below the contact if wanted. */
export async function resolveParent(run: PushRun, content: PlanContent, targetKey: string): Promise<ResolvedParent> {
  const chosen = content.options.find((option) => option.key === targetKey)?.ref ?? null;
  if (targetKey !== createKey && chosen === null) throw new Permanent('record-gone', { detail: targetKey });
  if (run.connector.manifest.chooses === 'container') {
    return chosen === null ? ensureContainer(run, content, null) : { ref: chosen, isAdoptedNow: isNewsOfOthers(run, content.containerKey) };
  }
  const contact = chosen === null ? await ensureContact(run, content) : { ref: chosen, isAdoptedNow: false };
  if (chosen !== null) await fillOnce(run, content, chosen);
  return content.containerKind === null ? contact : ensureContainer(run, content, contact.ref);
}

async function ensureContact(run: PushRun, content: PlanContent): Promise<ResolvedParent> {
  const { connector, context } = run;
  const { contactKey: key } = content;
  const { createContact } = connector;
  if (createContact === undefined) throw new Permanent('internal', { detail: 'this target has no contacts' });
  const find = () => connector.findByKey(context, 'contact', key, null);
  const write = () => createContact(context, content.contact, key);
  return ensureRecord(run, 'contact', key, null, find, write);
}

async function ensureContainer(run: PushRun, content: PlanContent, contact: RemoteRef | null): Promise<ResolvedParent> {
  const { connector, context } = run;
  const { containerKey: key } = content;
  const { createContainer } = connector;
  const linked = links.get(run.desk.db, run.connection.id, key);
  if (linked !== null && contact !== null) return { ref: linked.ref, isAdoptedNow: false };
  if (createContainer === undefined) throw new Permanent('internal', { detail: 'this target has no containers' });
  const find = () => connector.findByKey(context, 'container', key, contact);
  const write = () => createContainer(context, content.container, contact, key);
  return ensureRecord(run, 'container', key, contact, find, write);
}

async function ensureRecord(
  run: PushRun,
  role: 'contact' | 'container',
  key: string,
  parent: RemoteRef | null,
  find: () => Promise<readonly RemoteRef[]>,
  write: () => Promise<RemoteRef>,
): Promise<ResolvedParent> {
  const wasKnown = ops.get(run.desk.db, run.pushId, key) !== null;
  const { ref, isAdopted } = await ensureObject(run, {
    role,
    key,
    parent,
    bodySha256: null,
    find,
    write,
    hasLooked: false,
    canDouble: run.connector.manifest.unique[role] !== 'server',
    onSettled: (settled) => remember(run, key, settled, 'created'),
  });
  return { ref, isAdoptedNow: isAdopted && !wasKnown };
}

/** Found by our key, and nothing of this conversation is tagged here yet: another device is ahead of us. */
function isNewsOfOthers(run: PushRun, key: string): boolean {
  const { db } = run.desk;
  if (links.get(db, run.connection.id, key)?.decidedBy !== 'key' || ops.hasStarted(db, run.pushId)) return false;
  return pushedMessages.counts(db, run.connection.id, run.conversationId).pushedMessages === 0;
}

/** So that the next push of this person or conversation needs no question. */
export function remember(run: PushRun, key: string, ref: RemoteRef, decidedBy: Link['decidedBy']): void {
  if (ref.role !== 'contact' && ref.role !== 'container') return;
  links.set(run.desk.db, run.connection.id, key, { ref: { ...ref, role: ref.role }, decidedBy }, run.desk.nowMs());
}

/** What the record lacks is added once a push; what it has stays. */
async function fillOnce(run: PushRun, content: PlanContent, contact: RemoteRef): Promise<void> {
  const { connector, desk, context, pushId } = run;
  const key = `${content.contactKey}.fill`;
  if (connector.fillContact === undefined || ops.get(desk.db, pushId, key)?.state === 'done') return;
  const added = await connector.fillContact(context, contact, content.contact);
  ops.settle(desk.db, pushId, { key, role: 'contact', state: 'done', isAdopted: true, remote: contact, parent: null });
  if (added.length > 0) run.audit('filled', contact, key, added.join(', '));
}
