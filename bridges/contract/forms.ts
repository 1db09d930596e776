/**
 * Forms and dialogs that a server, a gateway or a bot leads a person through, free of any network's words: one generic
 * component of the interface renders them all (commands, registration, room settings, search, linking a phone).
 */

export type FormFieldKind =
  | 'fixed' // text to read
  | 'text'
  | 'multi-line'
  | 'secret'
  | 'boolean'
  | 'choice'
  | 'choices'
  | 'address'
  | 'addresses'
  | 'hidden'; // goes back as it came, never shown

export interface FormOption {
  readonly label: string;
  readonly value: string;
}

/** A picture (QR code, CAPTCHA), sound or film that belongs to a field; the bytes came with the form or from our own server. */
export interface FormMedia {
  readonly mime: string;
  readonly bytes: Uint8Array;
  readonly widthPx?: number | undefined;
  readonly heightPx?: number | undefined;
}

export interface FormField {
  /** Unique in its form; empty for `fixed`. */
  readonly name: string;
  readonly kind: FormFieldKind;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly isRequired: boolean;
  /** One entry but for `choices`, `addresses` and `multi-line` (a line each); booleans are `'true'` or `'false'`. */
  readonly values: readonly string[];
  readonly options?: readonly FormOption[] | undefined;
  readonly media?: readonly FormMedia[] | undefined;
  /** More of that on servers of others: not fetched, for a person to open outside. */
  readonly mediaLinks?: readonly { readonly mime: string; readonly url: string }[] | undefined;
  /** Bounds a server stated; checked again by the server. */
  readonly check?: { readonly pattern?: string; readonly min?: string; readonly max?: string } | undefined;
}

/** Rows that a form reports: results of a search, a list of sessions. */
export interface FormTable {
  /** `address`: what stands in it can be written to. */
  readonly columns: readonly { readonly name: string; readonly label: string; readonly kind?: 'address' | undefined }[];
  readonly rows: readonly (readonly string[])[];
}

export interface Form {
  readonly title: string | null;
  readonly instructions: readonly string[];
  readonly fields: readonly FormField[];
  readonly table?: FormTable | undefined;
  /** Reports and asks nothing. */
  readonly isResult?: boolean | undefined;
}

/** What a person entered, by field name. */
export type FormValues = Readonly<Record<string, readonly string[]>>;

/** What a bridge itself has to say; the interface has a sentence for each. */
export type DialogNoteCode =
  | 'saved'
  | 'registered'
  | 'unregistered'
  | 'unregister-question'
  | 'already-registered'
  | 'open-link'
  | 'password-changed'
  | 'passwords-differ'
  | 'nothing-found'
  | 'address-found'
  | 'account-made'
  | 'name-taken'
  | 'not-accepted'
  | 'refused'
  | 'too-many'
  | 'new-picture'
  | 'answer-right'
  | 'answer-wrong'
  | 'answer-wrong-for-good'
  | 'expired'
  | 'web-sign-in'
  | 'sign-in-ways'
  | 'sign-in-password'
  | 'account-page'
  | 'approve-on-page'
  | 'signed-in'
  | 'bridge-choose-flow'
  | 'bridge-risk-official'
  | 'bridge-risk-linked'
  | 'bridge-risk-cookies'
  | 'bridge-risk-unknown'
  | 'bridge-phone-rule'
  | 'bridge-scan'
  | 'bridge-code'
  | 'bridge-wait'
  | 'bridge-cookies-by-hand'
  | 'bridge-step-unknown'
  | 'bridge-signed-in'
  | 'bridge-login-failed'
  | 'bridge-sign-out-question'
  | 'bridge-signed-out'
  | 'bridge-chat-ready'
  | 'bridge-bot-silent'
  | 'bridge-book-intro'
  | 'password-needed'
  | 'wrong-password'
  | 'encryption-set-up-intro'
  | 'encryption-reset-intro'
  | 'encryption-set-up'
  | 'encryption-recovered'
  | 'recovery-intro'
  | 'recovery-key-save'
  | 'recovery-key-wrong'
  | 'verification-accept'
  | 'verification-on-other-device'
  | 'verification-waiting'
  | 'verification-compare'
  | 'verification-cancelled'
  | 'verification-mismatch'
  | 'device-policy-intro'
  | 'identity-changed'
  | 'encryption-set-up-first'
  | 'verified';

export interface DialogNote {
  readonly kind: 'info' | 'warning' | 'error';
  /** The other side's own words; empty when `code` says it all. */
  readonly text: string;
  readonly code?: DialogNoteCode | undefined;
  /** The field of the form that it is about. */
  readonly field?: string | undefined;
}

export type DialogAction = 'previous' | 'next' | 'complete' | 'cancel';

/** Where a value is found that a page leaves in a browser once somebody signed in there. */
export interface PageCatchSource {
  readonly kind: 'cookie' | 'local-storage' | 'header';
  readonly name: string;
  /** Of a cookie. */
  readonly domain?: string | undefined;
  /** Of a header: a pattern for the addresses of the requests that carry it. */
  readonly urlPattern?: string | undefined;
}

/**
 * A page that a person signs in to in a window of the app, and what is then taken from it for the fields of the form.
 * Nothing of it is a program: the app looks, the page is not touched.
 */
export interface PageCatch {
  /** https alone. */
  readonly url: string;
  readonly userAgent?: string | undefined;
  /** The address at which somebody has signed in; absent: anywhere. */
  readonly urlPattern?: string | undefined;
  readonly fields: readonly {
    readonly name: string;
    readonly isRequired: boolean;
    readonly pattern?: string | undefined;
    /** One of them is enough. */
    readonly sources: readonly PageCatchSource[];
  }[];
}

/** One page of a dialog. `done`: the notes tell how it ended; an id to go on with exists only while `open`. */
export interface DialogStep {
  readonly state: 'open' | 'done';
  readonly form: Form | null;
  readonly notes: readonly DialogNote[];
  /** What may be pressed besides cancel; the first is the one Enter presses. */
  readonly actions: readonly Exclude<DialogAction, 'cancel'>[];
  /** A link the other side wants the person to open (shown with its host, never opened by itself). */
  readonly link?: string | undefined;
  /** The form can be filled in by a page of the network, in a window of the app. */
  readonly pageCatch?: PageCatch | undefined;
  /** Somebody or a room that the dialog found; the person is offered to write there. */
  readonly address?: string | undefined;
  /** Set when the other side goes on by itself (a QR code was scanned): ask again with `wait`. */
  readonly isWaiting?: boolean | undefined;
}

/** A dialog under way. Methods reject with BridgeError; after `cancel` or a `done` step it is over. */
export interface Dialog {
  readonly first: DialogStep;
  answer(action: DialogAction, values: FormValues, signal: AbortSignal): Promise<DialogStep>;
  /** For a step that `isWaiting`: resolves with the step that follows. */
  wait?(signal: AbortSignal): Promise<DialogStep>;
  /** Called once when the person closes it, whatever its state. Never throws. */
  close(): Promise<void>;
}
