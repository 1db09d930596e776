/**
 * The contract between the push core and one kind of CRM.
 *
 * A connector is stateless: it translates, and remembers nothing but what it puts into `context.memory` (such as a
 * session token). Everything that must survive is in the core's ledger. A connector never decides who a customer is
 * and never trusts a filter of its server: it reports candidates with their identifiers, the core checks them.
 */
import type { PersonIdentifier } from '#model';
import type { ConnectorField, ProbeResult, PushEffect, RecordFacts } from '#rpc';
import type { PinnedHttp } from './http/pinned-http.ts';

/** `contact`: a person or firm. `container`: what holds a conversation (ticket, lead, folder). */
export type ObjectRole = 'contact' | 'container' | 'note' | 'file';

/** One object on the other side. */
export interface RemoteRef {
  readonly role: ObjectRole;
  /** The product's own word in lower case: `party`, `lead`, `ticket`, `folder`. */
  readonly kind: string;
  readonly id: string;
  readonly title?: string | undefined;
}

/** A note we wrote earlier, with what its marker says. */
export interface WrittenNote {
  readonly ref: RemoteRef;
  readonly key: string;
  /** Mark of the last message inside. */
  readonly last: string;
}

/** A record that may be the right target. */
export interface Candidate {
  readonly ref: RemoteRef;
  readonly title: string;
  readonly subtitle: string;
  /** Everything the record says about itself; the core compares, the connector does not. */
  readonly identifiers: readonly PersonIdentifier[];
}

/** What a look-up may use. Phones are E.164 with `+`, e-mail addresses lower case. */
export interface TargetQuery {
  readonly identifiers: readonly PersonIdentifier[];
  /** For showing records of the same name; never enough to choose one. */
  readonly name: string;
}

export interface ContactDraft {
  readonly name: string;
  readonly identifiers: readonly PersonIdentifier[];
  /** `XMPP`, `Matrix` …: which network a handle belongs to. */
  readonly networkName: string;
}

export interface ContainerDraft {
  readonly title: string;
  readonly networkName: string;
  readonly contactName: string;
  readonly identifiers: readonly PersonIdentifier[];
}

/** One note, frozen when it was planned: these bytes and no others are written. */
export interface FrozenChunk {
  readonly key: string;
  /** Mark of the last message inside. */
  readonly last: string;
  readonly body: string;
  /** Set when the manifest says that files travel with their note. */
  readonly files: readonly FrozenFile[];
}

export interface FrozenFile {
  readonly key: string;
  /** Safe as a file name on every system. */
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number;
  /** Lower-case hex of the bytes at `path`. */
  readonly sha256: string;
  /** The engine's own copy. Read it, do not move it. */
  readonly path: string;
}

/**
 * Signing in on the product's own page (RFC 6749 with PKCE, RFC 7636) or as the program itself (client credentials). The
 * core does it, keeps the tokens sealed and renews them; the connector asks {@link ConnectorContext.accessToken}.
 */
export interface OAuthManifest {
  readonly grant: 'authorization-code' | 'client-credentials';
  /** Of these values; https only. */
  authorizationEndpoint?(values: Readonly<Record<string, string>>): string;
  tokenEndpoint(values: Readonly<Record<string, string>>): string;
  /** Of these values, where rights are named by the address of the company's own server. */
  readonly scopes: readonly string[] | ((values: Readonly<Record<string, string>>) => readonly string[]);
  /** Names of the fields that hold the id and the secret of the company's registration of Palomar there. */
  readonly clientIdField: string;
  readonly clientSecretField?: string | undefined;
  readonly clientAuthentication: 'basic' | 'post' | 'none';
  /** Further words of the first request (`access_type=offline`). */
  readonly extra?: Readonly<Record<string, string>> | undefined;
  /** Where the product does not know PKCE and refuses it. */
  readonly isWithoutPkce?: boolean | undefined;
}

export interface ConnectorManifest {
  readonly id: string;
  readonly name: string;
  readonly verifiedAgainst: 'real-server' | 'contract' | 'not-verified';
  readonly fields: readonly ConnectorField[];
  readonly recordKinds: readonly string[];
  /** What the person chooses: the contact (containers below it follow by key), or the container itself. */
  readonly chooses: 'contact' | 'container';
  /** Marker as the last line of each body, or in a field of the record. */
  readonly marker: 'body' | 'field';
  readonly filesTravelWithNote: boolean;
  readonly maxBodyChars: number;
  readonly maxFileBytes: number;
  /** The server itself refuses a second object with the same key. */
  readonly unique: { readonly [role in ObjectRole]: 'server' | 'marker' };
  readonly canWithdraw: { readonly [role in ObjectRole]: boolean };
  /** Holds files on staff: each push wants a second yes, and none goes by itself. */
  readonly isPersonnel?: boolean | undefined;
  /** People who may be told by the product itself; empty: nobody. Never the customer. */
  readonly sendsMail: readonly string[];
  /** What follows from secret fields and is none itself, kept in the open: the server inside a pasted address. */
  readonly publicPartsOf?: ((values: Readonly<Record<string, string>>) => Readonly<Record<string, string>>) | undefined;
  /** Absent: what is in the fields is all it needs. */
  readonly oauth?: OAuthManifest | undefined;
}

/** A page of ours as a PDF, drawn by the app's window. @throws when it cannot be made, or not in time */
export type PrintPage = (html: string, signal: AbortSignal) => Promise<Uint8Array>;

/** What one call may use. Made by the core for each connection. */
export interface ConnectorContext {
  /** All fields of the connection, secrets included. Never logged. */
  readonly values: Readonly<Record<string, string>>;
  readonly http: PinnedHttp;
  /** Lives as long as the process; for session tokens and looked-up settings. */
  readonly memory: Map<string, unknown>;
  readonly signal: AbortSignal;
  /** A token that is good now, of a manifest with `oauth`. @throws AuthNeeded when the person has to sign in again */
  readonly accessToken: () => Promise<string>;
  /** Absent in browser mode: there is no window that could draw one. */
  readonly printPage?: PrintPage | undefined;
}

/**
 * Errors of every method: {@link Offline}, {@link Unknown}, {@link Conflict}, {@link RateLimited},
 * {@link AuthNeeded}, {@link Permanent}.
 */
export interface Connector {
  readonly manifest: ConnectorManifest;
  /** Where requests may go; null: it talks to no server. Throws `Permanent` for an address we refuse. */
  origin(values: Readonly<Record<string, string>>): string | null;
  /** Who we are there, and what is missing: each finding can be mended. Throws only when nothing was learnt. */
  probe(context: ConnectorContext): Promise<ProbeResult>;
  /** Who is told by a push with these settings. */
  sideEffects?(context: ConnectorContext): Promise<readonly PushEffect[]>;
  /** Records that may be the target, each with its identifiers. May hold strangers: the core filters. */
  findTargets(context: ConnectorContext, query: TargetQuery): Promise<readonly Candidate[]>;
  /** Every object of this role that carries the key, lowest id first. */
  findByKey(context: ConnectorContext, role: 'contact' | 'container', key: string, parent: RemoteRef | null): Promise<readonly RemoteRef[]>;
  /** Notes below `parent` that carry a marker of ours, lowest id first; with a key, those of that key. */
  findNotes(context: ConnectorContext, parent: RemoteRef, key: string | null): Promise<readonly WrittenNote[]>;
  findFiles?(context: ConnectorContext, parent: RemoteRef, key: string): Promise<readonly RemoteRef[]>;
  createContact?(context: ConnectorContext, draft: ContactDraft, key: string): Promise<RemoteRef>;
  /** Adds what the record lacks; whatever is filled in stays as it is. Returns what was added, in words. */
  fillContact?(context: ConnectorContext, contact: RemoteRef, draft: ContactDraft): Promise<readonly string[]>;
  createContainer?(context: ConnectorContext, draft: ContainerDraft, contact: RemoteRef | null, key: string): Promise<RemoteRef>;
  append(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef>;
  attach?(context: ConnectorContext, parent: RemoteRef, file: FrozenFile): Promise<RemoteRef>;
  /** Takes back one object of ours; refuses one that does not carry the key. */
  withdraw?(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void>;
  /** What the record says of itself, for the side panel. @throws Permanent `record-gone` */
  readRecord?(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts>;
  /** Sets one of the choices that {@link readRecord} gave; nobody outside is told. */
  changeRecord?(context: ConnectorContext, ref: RemoteRef, change: { readonly field: 'status' | 'priority'; readonly value: string }): Promise<void>;
  /** Address of the record for a browser; null when there is none. */
  link(values: Readonly<Record<string, string>>, ref: RemoteRef): string | null;
}
