import type { CommandInfo, NetworkId, ServiceDetail } from '#model';
import type { AccountId } from '../networks.ts';
import type { ConversationId } from '../rows.ts';

/**
 * What is wrong with a network behind a bridge. `signed-out`: somebody has to sign in again. `waiting`: it tries by
 * itself. `phone`: its phone was not seen for so long that the network will sign out. `silence`: nobody writes, as never before.
 */
export type ServiceAlertKind = 'signed-out' | 'waiting' | 'phone' | 'silence';

export interface ServiceAlertRow {
  readonly accountId: AccountId;
  readonly kind: ServiceAlertKind;
  /** Names the alert together with account and kind. */
  readonly subject: string;
  readonly network: NetworkId;
  /** Of a login: where it is signed in, for `dialogs.open`. */
  readonly service: string | null;
  readonly loginId: string | null;
  /** As the network calls the login: a number, a user name. */
  readonly name: string;
  readonly sinceMs: number;
  readonly canSignIn: boolean;
}

/** A server holds back what we sent until a person answers its question: a `custom` dialog with the id `held:` and this one. */
export interface HeldNews {
  readonly accountId: AccountId;
  readonly requestId: string;
  readonly address: string;
  readonly what: 'message' | 'contact-request';
  /** False: it is over. */
  readonly isOpen: boolean;
}

/** A time in which messages of a conversation may be missing; `untilMs` null: it goes on. */
export interface OutageRow {
  readonly fromMs: number;
  readonly untilMs: number | null;
}

/** Gateways, bots and services behind an account. They may take seconds: others are asked. */
export interface ServiceMethods {
  /** The account's server and what it lists, gateways first. */
  'services.list': (input: { readonly accountId: AccountId }) => readonly ServiceDetail[];
  'services.inspect': (input: {
    readonly accountId: AccountId;
    readonly address: string;
    readonly node: string | null;
  }) => ServiceDetail;
  'services.commands': (input: { readonly accountId: AccountId; readonly address: string }) => readonly CommandInfo[];
  /** Whether the people of a gateway enter the contact list without asking. Errors: `not-found`, `unsupported`. */
  'services.setLetsPeopleIn': (input: { readonly accountId: AccountId; readonly address: string; readonly isAllowed: boolean }) => { readonly isDone: true };
  /** What is wrong with bridges now, all accounts; answered from the store. */
  'services.alerts': (input: Record<string, never>) => readonly ServiceAlertRow[];
  /** Says nothing more of it until it was over once; of a phone: until it is lost again. Errors: `not-found`. */
  'services.dismissAlert': (input: {
    readonly accountId: AccountId;
    readonly kind: ServiceAlertKind;
    readonly subject: string;
  }) => { readonly isDismissed: true };
  /** Newest first. */
  'services.outages': (input: { readonly conversationId: ConversationId }) => readonly OutageRow[];
}
