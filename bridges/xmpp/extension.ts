import type { BridgeEvent, BridgeLog, Json, RemoteContact } from '#bridge';
import type { AccountLink } from './account-link.ts';
import type { PubsubEvent } from './extensions/0060-publish-subscribe.ts';
import type { StreamEngine } from './stream/stream-engine.ts';
import type { XmlElement } from './stream/xml/element.ts';

/** What an extension works with. Its `save`d value comes back after a restart, stored in step with the events. */
export interface ExtensionContext {
  readonly link: AccountLink;
  readonly engine: Pick<StreamEngine, 'send' | 'request' | 'sendMessage' | 'isOnline'>;
  readonly log: BridgeLog;
  readonly now: () => number;
  /** What was saved last; null at first. Never trusted to have the shape of this version. */
  saved(): Json | null;
  /** Stores events and, when given, the new value, in one transaction. */
  write(events: readonly BridgeEvent[], save?: Json): Promise<void>;
}

/** A handler of pushed items of one PEP node (XEP-0163). `own`: only our own account's node counts. */
export interface PepReader {
  readonly of: 'own' | 'anyone';
  read(event: PubsubEvent): readonly BridgeEvent[];
}

/**
 * One extension protocol, attached to one account. Everything is optional; what is absent is not asked. Readers are
 * called with hostile stanzas: they check the sender and bound what they take.
 */
export interface Extension {
  /** Announced to everybody (XEP-0030). */
  readonly features?: readonly string[] | undefined;
  /** Nodes whose changes we want to hear, by name. */
  readonly pep?: Readonly<Record<string, PepReader>> | undefined;
  /** A live message that is no carbon copy; null: not mine. The first extension that answers has it. */
  receiveMessage?(message: XmlElement): readonly BridgeEvent[] | null;
  /** More to read from a presence, of a room or of a person. */
  receivePresence?(presence: XmlElement): readonly BridgeEvent[];
  /** Our own contact list changed in this entry; told once its events are on their way to the store. */
  contactChanged?(contact: RemoteContact): void;
  /** A request to us; null: not mine. The reply is sent after the events are stored. */
  receiveRequest?(iq: XmlElement): { readonly reply: XmlElement; readonly events: readonly BridgeEvent[] } | null;
  /** More to put into our own presence. */
  decoratePresence?(): readonly XmlElement[];
  /** The account came online; `isFresh`: in a new session, where the server remembers nothing of the last one. */
  online?(isFresh: boolean): Promise<void>;
  /** The mirror of attaching: the account stops for good. */
  detach?(): void;
}

/** How an extension is found in the list, and under which name its value is saved. */
export interface ExtensionDefinition {
  readonly name: string;
  attach(context: ExtensionContext): Extension;
}
