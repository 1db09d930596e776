/** Gateways, bots and services behind an account: what is there, and what they can be asked to do. */
import type { Dialog } from './forms.ts';
import type { NetworkId, RemoteConversationId } from './model.ts';

/** Something that answers at an address: a server, a gateway, a room service, a bot. */
export interface ServiceItem {
  readonly address: string;
  /** A place under the address (XEP-0030 node); null: the address itself. */
  readonly node: string | null;
  readonly name: string | null;
}

export type ServiceKind = 'server' | 'gateway' | 'rooms' | 'files' | 'directory' | 'room' | 'bot' | 'account' | 'bridge' | 'other';

export interface ServiceDetail extends ServiceItem {
  readonly kind: ServiceKind;
  /** Of a gateway: the network behind it. */
  readonly network?: NetworkId | undefined;
  /** Of a gateway: what we are signed in as there; absent: unknown. */
  readonly isRegistered?: boolean | undefined;
  /** Of a gateway that we are signed in at: its people enter the contact list without asking. */
  readonly letsPeopleIn?: boolean | undefined;
  /** Of a bridge: who is signed in there, and how that goes. */
  readonly logins?: readonly ServiceLogin[] | undefined;
  /** Of a bridge: whose server it is; `other` learns only who we are, never our access token. */
  readonly trust?: 'own' | 'other' | undefined;
  readonly can: readonly ServiceOffer[];
  /** Protocol words, for people who look closer. */
  readonly identities: readonly string[];
  readonly features: readonly string[];
  readonly items: readonly ServiceItem[];
}

export type ServiceLoginState = 'connected' | 'connecting' | 'waiting' | 'needs-login' | 'signed-out' | 'failed';

/** One account of ours on a network behind a bridge. */
export interface ServiceLogin {
  readonly id: string;
  /** As the network calls it: a phone number, a user name. */
  readonly name: string;
  readonly state: ServiceLoginState;
  /** Since when it is so. */
  readonly sinceMs: number | null;
  /** The bridge's own words on what is wrong. */
  readonly detail: string | null;
  /** The bridge has not told anything for so long that its word is stale. */
  readonly isStale: boolean;
  /** `phone-offline`: it works, but its phone was not seen for so long that the network will sign it out soon. */
  readonly warning?: 'phone-offline' | undefined;
}

export type ServiceOffer = 'commands' | 'register' | 'search' | 'rooms' | 'address-prompt' | 'items';

export interface CommandInfo {
  readonly address: string;
  readonly node: string;
  readonly name: string;
}

/** What a dialog is to be about. */
export type DialogRequest =
  | { readonly kind: 'command'; readonly address: string; readonly node: string }
  | { readonly kind: 'register'; readonly address: string }
  | { readonly kind: 'unregister'; readonly address: string }
  | { readonly kind: 'search'; readonly address: string }
  /** "Which number on that network?": ends with a note and opens the conversation (XEP-0100, jabber:iq:gateway). */
  | { readonly kind: 'address-prompt'; readonly address: string }
  | { readonly kind: 'configure-room'; readonly conversationId: RemoteConversationId }
  /** To be on a room's list, with a nickname that is ours there. */
  | { readonly kind: 'register-with-room'; readonly conversationId: RemoteConversationId }
  | { readonly kind: 'change-password' }
  /** Anything a bridge adds for itself: a bot's login, a provisioning flow. */
  | { readonly kind: 'custom'; readonly id: string; readonly address: string };

/** Finding people that one does not know yet. */
export interface PeopleSearchAbility {
  /** Looks in the directory of the account's own server. @throws BridgeError `unsupported` when there is none, `offline` */
  open(signal: AbortSignal): Promise<Dialog>;
}

export interface ServiceAbility {
  /** The services worth showing for this account: its server and what the server lists, gateways first. */
  list(signal: AbortSignal): Promise<readonly ServiceDetail[]>;
  /** @throws BridgeError `not-found`, `wrong-address`, `forbidden` */
  inspect(address: string, node: string | null, signal: AbortSignal): Promise<ServiceDetail>;
  commands(address: string, signal: AbortSignal): Promise<readonly CommandInfo[]>;
  /** Whether the people of a gateway enter the contact list without asking. @throws BridgeError `not-found` where we are not signed in */
  setLetsPeopleIn?(address: string, isAllowed: boolean): Promise<void>;
  /** Opens a dialog; nothing was decided yet. @throws BridgeError */
  open(request: DialogRequest, signal: AbortSignal): Promise<Dialog>;
}
