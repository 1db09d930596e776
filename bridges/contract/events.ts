/**
 * Everything a bridge can say. One closed union, sent in batches; each event is structured-clonable.
 * A lost connection is a `state` event, not an exception.
 */
import type { RemoteContact } from './contacts.ts';
import type { BridgeFault } from './errors.ts';
import type { MessageShield } from './shields.ts';
import type { Poll } from './polls.ts';
import type { ThreadScope } from './threads.ts';
import type { RemoteFolder } from './folders.ts';
import type { ServiceLogin } from './services.ts';
import type {
  NetworkId,
  Presence,
  RemoteAttachment,
  RemoteConversation,
  RemoteConversationId,
  RemoteMessage,
  RemoteMessageId,
  RemotePerson,
  RemotePersonId,
  DeliveryState,
  TransactionId,
} from './model.ts';

/**
 * How a message reached us. `live`: as it happened. `catchup`: written while we were away (counts as unread,
 * may notify). `history`: older than anything we had, fetched on demand (never unread, never notifies).
 */
export type MessageOrigin = 'live' | 'catchup' | 'history';

export type ConnectionState = 'offline' | 'connecting' | 'catching-up' | 'online' | 'needs-login';

export type BridgeEvent =
  | { readonly type: 'conversation.upserted'; readonly conversation: RemoteConversation }
  | {
      readonly type: 'conversation.patched';
      readonly conversationId: RemoteConversationId;
      readonly patch: Partial<Omit<RemoteConversation, 'remoteId'>>;
    }
  | { readonly type: 'conversation.deleted'; readonly conversationId: RemoteConversationId }
  | { readonly type: 'message.upserted'; readonly message: RemoteMessage; readonly origin: MessageOrigin }
  | {
      /** A correction. Ignored unless `by` wrote the target. `target` is its `remoteId` or `alternateId`. */
      readonly type: 'message.patched';
      readonly conversationId: RemoteConversationId;
      readonly target: RemoteMessageId;
      readonly by: RemotePersonId;
      readonly patch: {
        readonly text?: string | undefined;
        readonly attachments?: readonly RemoteAttachment[] | undefined;
        readonly shield?: MessageShield | undefined;
        /** The numbers of a poll, or our choice in it; with no other text this is no correction. */
        readonly poll?: Poll | undefined;
        readonly editedAtMs: number;
      };
    }
  | {
      /** Ignored unless `by` wrote the target or `isModerated` is set. */
      readonly type: 'message.deleted';
      readonly conversationId: RemoteConversationId;
      readonly target: RemoteMessageId;
      readonly by: RemotePersonId;
      readonly isModerated?: boolean | undefined;
      readonly deletedAtMs: number;
    }
  | {
      /** Delivery progress or failure of a message of ours. Never goes backwards. */
      readonly type: 'message.delivery';
      readonly conversationId: RemoteConversationId;
      readonly target: RemoteMessageId;
      readonly transactionId?: TransactionId | undefined;
      readonly delivery: DeliveryState;
      readonly fault?: BridgeFault | undefined;
    }
  /** A message that was told deserves another sign than it had, or none. */
  | {
      readonly type: 'message.shielded';
      readonly conversationId: RemoteConversationId;
      readonly messageId: RemoteMessageId;
      readonly shield: MessageShield | null;
    }
  | {
      readonly type: 'reaction.upserted';
      readonly conversationId: RemoteConversationId;
      readonly target: RemoteMessageId;
      readonly personId: RemotePersonId;
      readonly emoji: string;
      /** Where the network names a reaction (Matrix event id). */
      readonly reactionId?: RemoteMessageId | undefined;
    }
  | {
      readonly type: 'reaction.deleted';
      readonly conversationId: RemoteConversationId;
      readonly reactionId: RemoteMessageId;
    }
  | {
      /** All reactions of one person to one message; an empty list clears them (XEP-0444). */
      readonly type: 'reactions.replaced';
      readonly conversationId: RemoteConversationId;
      readonly target: RemoteMessageId;
      readonly personId: RemotePersonId;
      readonly emojis: readonly string[];
    }
  | { readonly type: 'person.upserted'; readonly person: RemotePerson }
  | {
      readonly type: 'participant.upserted';
      readonly conversationId: RemoteConversationId;
      readonly personId: RemotePersonId;
      readonly role?: string | undefined;
      /** Titles the room gives this person. */
      readonly titles?: readonly string[] | undefined;
    }
  | {
      /** Everybody who is in it now; who is not named is not in it any more. */
      readonly type: 'participants.replaced';
      readonly conversationId: RemoteConversationId;
      readonly personIds: readonly RemotePersonId[];
    }
  | {
      readonly type: 'participant.deleted';
      readonly conversationId: RemoteConversationId;
      readonly personId: RemotePersonId;
    }
  | {
      /** Somebody else received or read. `scope: 'upTo'` covers every earlier message of ours too. */
      readonly type: 'receipt.upserted';
      readonly conversationId: RemoteConversationId;
      readonly personId: RemotePersonId;
      readonly kind: 'delivered' | 'read';
      readonly scope: 'message' | 'upTo';
      readonly target: RemoteMessageId;
      readonly atMs: number;
      readonly within?: ThreadScope | undefined;
    }
  | {
      /** We read on another device. */
      readonly type: 'marker.upserted';
      readonly conversationId: RemoteConversationId;
      readonly target: RemoteMessageId;
      readonly within?: ThreadScope | undefined;
    }
  | {
      /** What a room holds up for all to see, newest last; all of it. */
      readonly type: 'pins.replaced';
      readonly conversationId: RemoteConversationId;
      readonly messageIds: readonly RemoteMessageId[];
    }
  | {
      readonly type: 'typing';
      readonly conversationId: RemoteConversationId;
      readonly personId: RemotePersonId;
      readonly isTyping: boolean;
    }
  | {
      readonly type: 'presence';
      readonly personId: RemotePersonId;
      readonly presence: Presence;
      readonly statusText?: string | undefined;
      /** Away from the device since then. */
      readonly idleSinceMs?: number | undefined;
      /** When they were last there, told with their leaving. */
      readonly lastSeenMs?: number | undefined;
    }
  | { readonly type: 'contact.upserted'; readonly contact: RemoteContact }
  /** The folders that the network keeps conversations in, all of them, each after the one it lies in. */
  | { readonly type: 'folders.replaced'; readonly folders: readonly RemoteFolder[] }
  | { readonly type: 'contact.deleted'; readonly personId: RemotePersonId }
  /** The whole list; who is not in it is no contact any more. */
  | { readonly type: 'contacts.replaced'; readonly contacts: readonly RemoteContact[] }
  /** All addresses (people, servers) that the network keeps away from us. */
  | { readonly type: 'blocked.replaced'; readonly addresses: readonly string[] }
  | { readonly type: 'blocked.changed'; readonly address: string; readonly isBlocked: boolean }
  | {
      /** Messages may be missing just before `before`; `cursor` fetches them. */
      readonly type: 'gap.upserted';
      readonly conversationId: RemoteConversationId;
      readonly before: RemoteMessageId;
      readonly cursor: string;
    }
  | { readonly type: 'gap.deleted'; readonly conversationId: RemoteConversationId; readonly cursor: string }
  | {
      /** How our logins at a bridge go, all of them; null: the bridge itself does not answer. */
      readonly type: 'logins.replaced';
      readonly service: string;
      readonly network: NetworkId | null;
      readonly logins: readonly ServiceLogin[] | null;
    }
  | {
      /** The same of one login, where its bot's words are all that is known. */
      readonly type: 'login.upserted';
      readonly service: string;
      readonly network: NetworkId;
      readonly login: ServiceLogin;
    }
  | { readonly type: 'state'; readonly connection: ConnectionState; readonly fault?: BridgeFault | undefined }
  /** Devices, trust, keys or their backup changed: `EncryptionAbility.health` has news. */
  | { readonly type: 'encryption.changed' }
  /** How far the reading of a file of keys got. */
  | { readonly type: 'encryption.importing'; readonly doneCount: number; readonly totalCount: number }
  | {
      /** Another device, of ours or of somebody, wants to be verified; `isOpen` false: it is over. */
      readonly type: 'verification.requested';
      readonly requestId: string;
      readonly personId: RemotePersonId;
      readonly deviceId: string | null;
      readonly isOpen: boolean;
    }
  | {
      /**
       * A server holds back what we sent until a person answers its question; `isOpen` false: it waits no more. The
       * question is a dialog of the bridge, `custom` with the id `held:` and this one.
       */
      readonly type: 'held.changed';
      readonly requestId: string;
      /** To whom it went. */
      readonly address: string;
      readonly what: 'message' | 'contact-request';
      readonly isOpen: boolean;
    }
  | {
      /** Something a security log should keep: a forged carbon, a foreign roster push. Never message text. */
      readonly type: 'security';
      readonly rule: string;
      readonly detail: string;
    };
