import type { BridgeEvent } from '#bridge';
import type { AddressId, ContactBond, ConversationId } from '#rpc';
import { blocked, contacts } from '../../store/repositories/contacts.ts';
import { readAll } from '../../store/statements.ts';
import { cutText } from '../../text/plain-line.ts';
import type { Batch } from '../batch.ts';
import { checkName, InvalidEvent } from '../event-checks.ts';

type Event<Type extends BridgeEvent['type']> = Extract<BridgeEvent, { readonly type: Type }>;
type Contact = Event<'contact.upserted'>['contact'];

const bonds: ReadonlySet<string> = new Set<ContactBond>(['none', 'asked', 'sees-us', 'we-see', 'mutual']);
const longestName = 200;
const mostGroups = 50;

export function applyContactUpserted(batch: Batch, event: Event<'contact.upserted'>): void {
  setContact(batch, event.contact);
  batch.changes.hasContactChanges = true;
}

export function applyContactDeleted(batch: Batch, event: Event<'contact.deleted'>): void {
  checkName(event.personId, 'personId');
  const person = batch.account.book.find(batch.db, event.personId);
  if (!person) return;
  contacts.remove(batch.db, person.id);
  batch.changes.hasContactChanges = true;
}

export function applyContactsReplaced(batch: Batch, event: Event<'contacts.replaced'>): void {
  const kept = event.contacts.map((contact) => setContact(batch, contact));
  contacts.keepOnly(batch.db, batch.account.id, kept);
  batch.changes.hasContactChanges = true;
}

export function applyBlockedReplaced(batch: Batch, event: Event<'blocked.replaced'>): void {
  for (const address of event.addresses) checkName(address, 'address');
  const before = blocked.list(batch.db, batch.account.id).map(({ address }) => address);
  blocked.replace(batch.db, batch.account.id, event.addresses);
  touchConversations(batch, [...before, ...event.addresses]);
  batch.changes.hasContactChanges = true;
}

export function applyBlockedChanged(batch: Batch, event: Event<'blocked.changed'>): void {
  checkName(event.address, 'address');
  blocked.set(batch.db, batch.account.id, event.address, event.isBlocked === true);
  touchConversations(batch, [event.address]);
  batch.changes.hasContactChanges = true;
}

/** Writing there is possible again, or no more. */
function touchConversations(batch: Batch, addresses: readonly string[]): void {
  const rows = readAll<{ id: ConversationId }>(
    batch.db,
    `SELECT conversations.id FROM addresses JOIN conversations ON conversations.peer_id = addresses.id
     WHERE addresses.account_id = ?1
       AND (handle IN (SELECT value FROM json_each(?2)) OR substr(handle, instr(handle, '@') + 1) IN (SELECT value FROM json_each(?2)))`,
    batch.account.id,
    JSON.stringify(addresses),
  );
  for (const { id } of rows) {
    const conversation = batch.conversationById(id);
    if (conversation) batch.touch(conversation);
  }
}

function setContact(batch: Batch, contact: Contact): AddressId {
  checkName(contact.personId, 'personId');
  if (!bonds.has(contact.bond)) throw new InvalidEvent('unknown bond');
  const { id } = batch.account.book.resolve(batch.db, contact.personId);
  contacts.set(batch.db, id, {
    name: contact.name === null ? null : cutText(contact.name, longestName),
    groups: contact.groups.slice(0, mostGroups).map((group) => cutText(group, longestName)),
    bond: contact.bond,
  });
  return id;
}
