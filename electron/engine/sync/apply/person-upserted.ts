import type { BridgeEvent } from '#bridge';
import type { NetworkId, RemoteAvatar } from '#model';
import type { ConversationId } from '#rpc';
import { addresses } from '../../store/repositories/addresses.ts';
import { avatars } from '../../store/repositories/avatars.ts';
import { readAll } from '../../store/statements.ts';
import { cutText } from '../../text/plain-line.ts';
import type { KnownAddress } from '../address-book.ts';
import type { Batch } from '../batch.ts';
import { checkName, InvalidEvent } from '../event-checks.ts';

type PersonUpserted = Extract<BridgeEvent, { readonly type: 'person.upserted' }>;

const maxNameLength = 500;

/** A person's names on a network. Titles made of them follow. */
export function applyPersonUpserted(batch: Batch, event: PersonUpserted): void {
  const { person } = event;
  checkName(person.remoteId, 'personId');
  if (typeof person.handle !== 'string') throw new InvalidEvent('handle is no text');
  const { book } = batch.account;
  const handle = cutText(person.handle, maxNameLength) || person.remoteId;
  const displayName = person.displayName === null ? null : cutText(person.displayName, maxNameLength);
  const known = book.find(batch.db, person.remoteId);
  const isSelf = person.isSelf ?? known?.isSelf ?? false;
  const network = person.network ?? known?.network;
  const next = { remoteId: person.remoteId, handle, displayName, isSelf, network };
  const address = known ?? book.add(batch.db, next);
  if (known && isDifferent(known, next)) {
    addresses.rename(batch.db, known.id, handle, displayName, isSelf);
    if (network !== undefined && network !== known.network) addresses.setNetwork(batch.db, known.id, network);
    book.remember(person.remoteId, { ...next, id: known.id, network: network ?? known.network });
  }
  if (person.identifiers !== undefined) addresses.setIdentifiers(batch.db, address.id, person.identifiers);
  const isPictureNew = person.avatar !== undefined && setPicture(batch, address, person.avatar);
  if (known && (isPictureNew || isDifferent(known, next))) renameConversations(batch, known);
}

function setPicture(batch: Batch, { id }: KnownAddress, avatar: RemoteAvatar | null): boolean {
  if (avatar !== null) checkName(avatar.id, 'avatar');
  if (!avatars.setRemote(batch.db, batch.account.id, { kind: 'address', id }, avatar)) return false;
  batch.changes.wantsAvatars ||= avatar !== null;
  batch.changes.hasContactChanges = true;
  batch.changes.hasPictureChanges = true;
  return true;
}

const isDifferent = (known: KnownAddress, next: Omit<KnownAddress, 'id' | 'network'> & { readonly network: NetworkId | undefined }): boolean =>
  (next.network !== undefined && known.network !== next.network) ||
  known.handle !== next.handle || known.displayName !== next.displayName || known.isSelf !== next.isSelf;

/** Everywhere the person is shown: direct conversations and those they are in. */
function renameConversations(batch: Batch, { id }: KnownAddress): void {
  const rows = readAll<{ id: ConversationId }>(
    batch.db,
    `SELECT id FROM conversations WHERE peer_id = ?1
     UNION SELECT conversation_id FROM participants WHERE address_id = ?1`,
    id,
  );
  for (const row of rows) {
    const conversation = batch.conversationById(row.id);
    if (!conversation) continue;
    conversation.isTitleStale = true;
    batch.touch(conversation);
  }
}
