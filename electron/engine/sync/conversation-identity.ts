import type { ConversationSecurity, NetworkId, NotifyLevel } from '#model';
import type { AddressId } from '#rpc';
import type { WritableDb } from '../store/database.ts';
import { change, readOne } from '../store/statements.ts';
import type { ConversationState } from './conversation-state.ts';

/** What a network calls a conversation; undefined leaves a value as it is. */
export interface IdentityPatch {
  readonly title?: string | null | undefined;
  readonly topic?: string | null | undefined;
  readonly network?: NetworkId | undefined;
  readonly security?: ConversationSecurity | undefined;
  readonly isPinned?: boolean | undefined;
  readonly notify?: NotifyLevel | undefined;
  readonly invitation?: { readonly byId: AddressId | null; readonly text: string | null } | undefined;
}

/** Writes kind, membership and peer as they are now, and what the patch names. */
export function saveIdentity(db: WritableDb, state: ConversationState, patch: IdentityPatch): void {
  const stored = readOne<{ title: string | null; topic: string | null; network: string; security: string }>(
    db,
    'SELECT remote_title AS title, topic, network, security FROM conversations WHERE id = ?',
    state.id,
  );
  change(
    db,
    `UPDATE conversations SET kind = ?, membership = ?, peer_id = ?, is_counted_remotely = ?, remote_title = ?,
       topic = ?, network = ?, security = ? WHERE id = ?`,
    state.kind,
    state.membership,
    state.peerId,
    state.isCountedRemotely ? 1 : 0,
    patch.title === undefined ? (stored?.title ?? null) : patch.title,
    patch.topic === undefined ? (stored?.topic ?? null) : patch.topic,
    patch.network ?? stored?.network ?? '',
    // Once encrypted, always: whoever speaks for a network must not talk us out of it.
    stored?.security === 'encrypted' ? stored.security : (patch.security ?? 'plain'),
    state.id,
  );
  if (patch.isPinned !== undefined) change(db, 'UPDATE conversations SET is_pinned = ? WHERE id = ?', patch.isPinned ? 1 : 0, state.id);
  if (patch.notify !== undefined) change(db, 'UPDATE conversations SET notify = ? WHERE id = ?', patch.notify, state.id);
  if (patch.invitation !== undefined) {
    const { byId, text } = patch.invitation;
    change(db, 'UPDATE conversations SET invited_by_id = ?, invitation_text = ? WHERE id = ?', byId, text, state.id);
  }
}
