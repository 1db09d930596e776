import type { AccountId, BridgeId } from '../networks.ts';
import type { AccountRow, ConversationId, DialogId } from '../rows.ts';
import type { DialogAction, DialogNote, EncryptionTask, Form, FormField, PageCatch } from '#model';

/** A picture, sound or film that came with a form; its bytes were looked at, `mime` is what they are. */
export interface FormMediaRow {
  readonly mime: string;
  /** To be played; absent: a picture. The sizes are then 0. */
  readonly plays?: 'sound' | 'film' | undefined;
  readonly base64: string;
  readonly widthPx: number;
  readonly heightPx: number;
}

export type FormFieldRow = Omit<FormField, 'media'> & { readonly media: readonly FormMediaRow[] };
export type FormRow = Omit<Form, 'fields'> & { readonly fields: readonly FormFieldRow[] };

/** One page of a dialog, as the interface draws it. */
export interface DialogPage {
  readonly state: 'open' | 'done';
  readonly form: FormRow | null;
  readonly notes: readonly DialogNote[];
  readonly actions: readonly Exclude<DialogAction, 'cancel'>[];
  readonly link: string | null;
  readonly address: string | null;
  /** Fills in the form; see `Shell.pages`. */
  readonly pageCatch: PageCatch | null;
  /** Ask `dialogs.wait` for what follows. */
  readonly isWaiting: boolean;
}

export interface DialogView {
  readonly id: DialogId;
  readonly page: DialogPage;
}

/** What a dialog is to be about; addresses and nodes come from `services.*`, or a person typed them. */
export type DialogSubject =
  | { readonly kind: 'command'; readonly address: string; readonly node: string }
  | { readonly kind: 'register' | 'unregister' | 'search' | 'address-prompt'; readonly address: string }
  | { readonly kind: 'configure-room' | 'register-with-room'; readonly conversationId: ConversationId }
  | { readonly kind: 'change-password' }
  | { readonly kind: 'find-people' }
  | { readonly kind: 'encryption'; readonly task: EncryptionTask }
  | { readonly kind: 'custom'; readonly id: string; readonly address: string };

/** A field's answer. A list and not a map: names come from the other side. */
export interface FormAnswer {
  readonly name: string;
  readonly values: readonly string[];
}

/**
 * Forms and dialogs that a server, a gateway or a bot leads a person through. A dialog belongs to the page that opened
 * it and ends with it; at most twenty are open at once.
 */
export interface DialogMethods {
  'dialogs.open': (input: { readonly accountId: AccountId; readonly subject: DialogSubject }) => DialogView;
  /** A new account on a server of one's choice; `values` are the fields of the login form known before. */
  'dialogs.signUp': (input: {
    readonly bridgeId: BridgeId;
    readonly server: string;
    readonly values: Readonly<Record<string, string>>;
  }) => DialogView;
  /** Signing in as a server has it, mostly on its own page in the browser. `server`: its name, or an address on it. */
  'dialogs.signIn': (input: { readonly bridgeId: BridgeId; readonly server: string }) => DialogView;
  /** The same for an account that is here; `dialogs.addAccount` at its end puts the new session into it. */
  'dialogs.signInAgain': (input: { readonly accountId: AccountId }) => DialogView;
  /** May take minutes: a gateway waits until a phone was picked up. Closing the dialog ends it with `cancelled`. */
  'dialogs.answer': (input: {
    readonly id: DialogId;
    readonly action: DialogAction;
    readonly answers: readonly FormAnswer[];
  }) => DialogPage;
  'dialogs.wait': (input: { readonly id: DialogId }) => DialogPage;
  'dialogs.close': (input: { readonly id: DialogId }) => { readonly isClosed: true };
  /** After a sign-up, or a sign-in on a web page, came to its end: signs in to the new account and adds it. */
  'dialogs.addAccount': (input: { readonly id: DialogId }) => AccountRow;
}
