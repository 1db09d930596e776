import type { ConversationId, MessageId, RpcEvent, RpcEvents } from '#rpc';
import type { EventListener } from './event-hub.ts';

interface ChangedMessages {
  readonly ids: Set<MessageId>;
  readonly removedIds: Set<MessageId>;
  hasNewest: boolean;
}

/** More changed rows than this, and reloading is cheaper than naming them. */
const mostNamedConversations = 300;
/** Most events kept for a page that does not read; the oldest go, the page asks for the truth anyway. */
const mostQueued = 1_000;

/**
 * Events of one page that wait for the next frame. Changed rows are merged into one event; of the events that
 * carry a whole state only the last counts; the others keep their order.
 */
export class EventBatch {
  #conversations: { ids: Set<ConversationId> | null; totalUnread: number } | null = null;
  #messages = new Map<ConversationId, ChangedMessages>();
  #states = new Map<string, { readonly event: RpcEvent; readonly payload: RpcEvents[RpcEvent] }>();
  #queued: { readonly event: RpcEvent; readonly payload: RpcEvents[RpcEvent] }[] = [];

  isEmpty(): boolean {
    return (
      this.#conversations === null && this.#messages.size === 0 && this.#states.size === 0 && this.#queued.length === 0
    );
  }

  add<Event extends RpcEvent>(event: Event, payload: RpcEvents[Event]): void {
    switch (event) {
      case 'conversations.changed':
        this.#addConversations(payload as RpcEvents['conversations.changed']);
        break;
      case 'messages.changed':
        this.#addMessages(payload as RpcEvents['messages.changed']);
        break;
      case 'typing.changed':
      case 'presence.changed':
        this.#addState(`${event} ${(payload as { readonly conversationId: ConversationId }).conversationId}`, event, payload);
        break;
      case 'uploads.changed':
        this.#addState(`${event} ${(payload as RpcEvents['uploads.changed']).messageId}`, event, payload);
        break;
      case 'folders.changed':
      case 'pictures.changed':
      case 'contacts.changed':
        this.#addState(`${event} ${(payload as RpcEvents['contacts.changed']).accountId}`, event, payload);
        break;
      case 'accounts.changed':
      case 'alerts.changed':
      case 'connections.changed':
      case 'settings.changed':
      case 'vault.changed':
        this.#addState(event, event, payload);
        break;
      default:
        this.#queued.push({ event, payload });
        if (this.#queued.length > mostQueued) this.#queued.shift();
    }
  }

  /** Hands everything over, rows before lists, and is empty afterwards. */
  drain(post: EventListener): void {
    const states = [...this.#states.values()];
    const messages = [...this.#messages];
    const conversations = this.#conversations;
    const queued = this.#queued;
    this.#states = new Map();
    this.#messages = new Map();
    this.#conversations = null;
    this.#queued = [];

    for (const { event, payload } of states) post(event, payload);
    for (const [conversationId, changed] of messages) {
      const ids = [...changed.ids];
      const removedIds = [...changed.removedIds];
      post('messages.changed', { conversationId, ids, removedIds, hasNewest: changed.hasNewest });
    }
    if (conversations !== null) {
      const ids = conversations.ids === null ? null : [...conversations.ids];
      post('conversations.changed', { ids, totalUnread: conversations.totalUnread });
    }
    for (const { event, payload } of queued) post(event, payload);
  }

  #addState(slot: string, event: RpcEvent, payload: RpcEvents[RpcEvent]): void {
    this.#states.delete(slot);
    this.#states.set(slot, { event, payload });
  }

  #addConversations({ ids, totalUnread }: RpcEvents['conversations.changed']): void {
    const merged = this.#conversations ?? { ids: new Set(), totalUnread };
    merged.totalUnread = totalUnread;
    if (ids === null) merged.ids = null;
    for (const id of ids ?? []) merged.ids?.add(id);
    if (merged.ids !== null && merged.ids.size > mostNamedConversations) merged.ids = null;
    this.#conversations = merged;
  }

  #addMessages({ conversationId, ids, removedIds, hasNewest }: RpcEvents['messages.changed']): void {
    const merged = this.#messages.get(conversationId) ?? { ids: new Set(), removedIds: new Set(), hasNewest: false };
    for (const id of ids) merged.ids.add(id);
    for (const id of removedIds) {
      merged.ids.delete(id);
      merged.removedIds.add(id);
    }
    merged.hasNewest ||= hasNewest;
    this.#messages.set(conversationId, merged);
  }
}
