import type { ConversationCapabilities } from '#model';
import type { ConversationDetail, ConversationId } from '#rpc';
import type { ReadableDb } from './database.ts';
import { addresses } from './repositories/addresses.ts';
import { attachments } from './repositories/attachments.ts';
import { conversations } from './repositories/conversations.ts';
import { drafts } from './repositories/drafts.ts';
import { participants } from './repositories/participants.ts';
import { pins } from './repositories/pins.ts';
import { people, toAddressRow } from './repositories/people.ts';
import type { PresenceOf } from './repositories/people.ts';
import { threads } from './repositories/threads.ts';
import { readOne } from './statements.ts';

/** What is true only while the account is connected; the store does not know it. */
export interface LiveFacts {
  readonly capabilities: ConversationCapabilities;
  readonly typing: readonly string[];
  readonly presenceOf: PresenceOf;
}

const shownParticipants = 100;
const shownFiles = 100;

/** Everything about a conversation beside its messages; null when there is none with this id. */
export function readConversationDetail(db: ReadableDb, id: ConversationId, live: LiveFacts): ConversationDetail | null {
  const record = conversations.get(db, id);
  const row = conversations.byIds(db, [id])[0];
  if (!record || !row) return null;
  const account = readOne<{ address: string }>(db, 'SELECT address FROM accounts WHERE id = ?', record.accountId);
  const peer = record.kind === 'direct' && record.peerId !== null ? addresses.get(db, record.peerId) : null;
  const isGroup = record.kind !== 'direct';
  const pinned = pins.of(db, id);
  return {
    row,
    topic: record.topic,
    invitation: conversations.invitation(db, id),
    accountAddress: account?.address ?? '',
    capabilities: live.capabilities,
    draft: drafts.get(db, id),
    person: peer ? people.get(db, peer.personId, live.presenceOf) : null,
    participants: isGroup
      ? addresses.ofConversation(db, id, shownParticipants).map((address) => toAddressRow(address, live.presenceOf))
      : [],
    participantCount: isGroup ? participants.count(db, id) : peer ? 1 : 0,
    typing: live.typing,
    files: attachments.ofConversation(db, id, shownFiles),
    readUpToId: record.readUpToId,
    threads: threads.countOf(db, id),
    pinnedIds: pinned.flatMap(({ messageId }) => messageId ?? []),
    pinCount: pinned.length,
  };
}
