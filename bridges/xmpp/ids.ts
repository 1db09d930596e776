/** How addresses and message names of XMPP become ids of the bridge contract. Nobody else looks inside them. */
import {
  remoteConversationId,
  remoteMessageId,
  remotePersonId,
  type RemoteConversationId,
  type RemoteMessageId,
  type RemotePersonId,
} from '#model';

/** A conversation is the bare address of the other person or of the room; for a private room message the full one. */
export const conversationOf = (jid: string): RemoteConversationId => remoteConversationId(jid);
export const personOf = (jid: string): RemotePersonId => remotePersonId(jid);
export const addressOf = (id: RemoteConversationId | RemotePersonId): string => id;

/** A message in our own archive: its stanza-id. */
export const archivedMessage = (stanzaId: string): RemoteMessageId => remoteMessageId(stanzaId);

/** A message in a room's archive; the room is named too, because ids of two archives may be equal. */
export const roomMessage = (room: string, stanzaId: string): RemoteMessageId => remoteMessageId(`${room}/${stanzaId}`);

/** A message that no archive named: its sender's id for it, which only means something together with the sender. */
export const unarchivedMessage = (sender: string, id: string): RemoteMessageId => remoteMessageId(`~${sender}/${id}`);

/** What the sender called the message; receipts, markers and corrections use it. */
export const senderMessage = (id: string): RemoteMessageId => remoteMessageId(id);

/** The archive's own id inside a room's message id; null when it is none of that room. */
export const stanzaIdInRoom = (room: string, id: RemoteMessageId): string | null =>
  id.startsWith(`${room}/`) ? id.slice(room.length + 1) : null;

/** The sender's own id inside the name of an unarchived message; null for other names. */
export const senderIdIn = (id: RemoteMessageId): string | null => /^~[^/]*\/(.+)$/s.exec(id)?.[1] ?? null;
