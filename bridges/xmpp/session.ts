import { randomBytes } from 'node:crypto';
import {
  toFault,
  type AttachmentAbility,
  type BridgeAccount,
  type BridgeEvent,
  type BridgeFault,
  type BridgeHost,
  type BridgeSession,
  type ConnectionState,
  type DirectoryAbility,
  type HistoryAbility,
  type Json,
  type MembershipAbility,
  type RoomAbility,
  type SendControl,
  type SendReceipt,
} from '#bridge';
import type {
  ConversationCapabilities,
  OutgoingMessage,
  RemoteConversation,
  RemoteConversationId,
  RemotePerson,
  RemotePersonId,
} from '#model';
import { readSettings, streamOptions, type XmppEnvironment } from './account-settings.ts';
import { linkAccount, type AccountLink } from './account-link.ts';
import { Actions } from './actions.ts';
import { ArchiveRules } from './archive-rule.ts';
import { attachmentsOf } from './attachments.ts';
import { openChallenge } from './challenge-dialog.ts';
import { ConversationRules } from './conversation-rules.ts';
import { Diagnostics } from './diagnostics/diagnostics.ts';
import { WireLog } from './diagnostics/wire-log.ts';
import { Directory } from './directory.ts';
import { History } from './history.ts';
import { addressOf, conversationOf } from './ids.ts';
import { announceOurselves, learnSurroundings } from './online-setup.ts';
import { rejoinRooms } from './join-room.ts';
import { RoomDesk } from './room-desk.ts';
import type { People } from './people.ts';
import { readRosterPush } from './roster.ts';
import { securityEvent } from './security-event.ts';
import { readState } from './state.ts';
import { Services } from './services/services.ts';
import { storedCredentials } from './stored-credentials.ts';
import { StreamEngine } from './stream/stream-engine.ts';
import type { XmlElement } from './stream/xml/element.ts';

const saveDelayMs = 250;

/** One XMPP account while the program runs. */
export class XmppSession implements BridgeSession {
  readonly history: HistoryAbility;
  readonly edits: Actions;
  readonly reactions: Actions;
  readonly receipts: Actions;
  readonly typing: Actions;
  readonly attachments: AttachmentAbility;
  readonly directory: DirectoryAbility;
  readonly membership: MembershipAbility;
  readonly rooms: RoomAbility;
  readonly contacts: People['contacts'];
  readonly profiles: People['profiles'];
  readonly blocking: People['blocks'];
  readonly ownPresence: People['ownPresence'];
  readonly avatars: People['avatars'];
  readonly diagnostics: Diagnostics;
  readonly services: Services;
  readonly peopleSearch: Services['people'];
  readonly plainText: Actions;
  readonly archiveRule: ArchiveRules;
  readonly #rules: ConversationRules;
  readonly #host: BridgeHost;
  readonly #link: AccountLink;
  readonly #engine: StreamEngine;
  readonly #actions: Actions;
  /** Everything of the archive up to the live messages is stored. */
  #isCaughtUp = false;
  #isStopped = false;
  /** Counts connections, so that what belongs to a lost one stops. */
  #generation = 0;
  #saveTimer: NodeJS.Timeout | undefined;
  /** Stanzas wait until the contacts are known, or they would be shown under wrong names. */
  #introduced = Promise.withResolvers<void>();

  constructor(account: BridgeAccount, savedState: Json | null, host: BridgeHost, environment: XmppEnvironment) {
    this.#host = host;
    const settings = readSettings(account.settings);
    const state = readState(savedState, `palomar.${randomBytes(6).toString('base64url')}`);
    const stream = streamOptions(account.address, storedCredentials(host.secrets), settings, environment);
    this.#link = linkAccount({
      stream,
      host,
      state,
      environment,
      engine: () => this.#engine,
      isCaughtUp: () => this.#isCaughtUp,
      // Should the session be lost now, the archive will be asked whether it has these.
      mayAdvance: () => this.#isCaughtUp && !this.#engine.isSending,
    });
    const wire = new WireLog();
    this.#engine = new StreamEngine({
      stream: { ...stream, tap: environment.tap ?? wire },
      resource: state.resource,
      saved: state.stream,
      timings: environment.timings,
      log: host.log,
      handlers: {
        onConnecting: () => this.#tell('connecting'),
        onOnline: (kind) => void this.#settleIn(kind === 'fresh'),
        onOffline: (fault, willRetry) => this.#onOffline(fault, willRetry),
        claim: (stanza) => this.#claim(stanza),
        lookAhead: (bytes) => this.#link.reader.lookAhead(bytes),
        store: (stanzas, count) => this.#store(stanzas, count),
        persistOutgoing: (outgoing) => this.#link.journal.write({ outgoing }),
        saveSoon: () => this.#saveSoon(),
      },
    });
    this.#link.journal.attach(this.#engine);
    this.#actions = new Actions(this.#link, this.#engine);
    this.edits = this.#actions;
    this.reactions = this.#actions;
    this.receipts = this.#actions;
    this.typing = this.#actions;
    this.history = new History(this.#link);
    this.diagnostics = new Diagnostics(this.#link, this.#engine, wire);
    this.services = new Services(this.#link, this.#engine, host, { custom: openChallenge(this.#link, this.#engine) });
    this.peopleSearch = this.services.people;
    this.attachments = attachmentsOf(this.#link, this.#engine);
    this.plainText = this.#actions;
    this.archiveRule = new ArchiveRules(this.#engine);
    this.#rules = new ConversationRules({
      link: this.#link,
      engine: this.#engine,
      isPlainAllowed: (jid) => this.#actions.isPlainAllowed(jid),
      onChange: (jid) => this.#report({ type: 'conversation.patched', conversationId: conversationOf(jid), patch: {} }),
    });
    const directory = new Directory(this.#link, this.#engine);
    this.directory = directory;
    this.membership = directory;
    this.rooms = new RoomDesk(this.#link, this.#engine);
    const { contacts, profiles, blocks, ownPresence, avatars } = this.#link.people;
    this.contacts = contacts;
    this.profiles = profiles;
    this.blocking = blocks;
    this.ownPresence = ownPresence;
    this.avatars = avatars;
  }

  start(): Promise<void> {
    if (this.#host.signal.aborted) return Promise.resolve();
    this.#host.signal.addEventListener('abort', () => void this.stop(), { once: true });
    this.#engine.start();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#introduced.resolve();
    clearTimeout(this.#saveTimer);
    this.#link.extensions.detach();
    await this.#engine.stop();
    this.#save();
    await this.#link.journal.close();
  }

  reconnect(): void {
    this.#engine.reconnect();
  }

  setActive(isActive: boolean): void {
    this.#engine.setActive(isActive);
  }

  send(message: OutgoingMessage, control?: SendControl): Promise<SendReceipt> {
    return this.#actions.send(message, control);
  }

  loadConversation(conversationId: RemoteConversationId): Promise<RemoteConversation> {
    return Promise.resolve(this.#link.inbox.describe(addressOf(conversationId)));
  }

  loadPerson(personId: RemotePersonId): Promise<RemotePerson> {
    const handle = addressOf(personId);
    const displayName = this.#link.roster.contact(handle)?.name ?? null;
    const isSelf = handle === this.#link.ownBareJid;
    return Promise.resolve({ remoteId: personId, displayName, handle, isSelf });
  }

  capabilities(conversationId: RemoteConversationId): ConversationCapabilities {
    return this.#rules.capabilities(conversationId);
  }

  /** What follows a new or resumed session. The account counts as online once nothing newer is missing. */
  async #settleIn(isFresh: boolean): Promise<void> {
    const generation = ++this.#generation;
    const { presence, rooms, sync, services } = this.#link;
    if (isFresh) {
      presence.clear();
      rooms.lost();
      this.#isCaughtUp = false;
    }
    try {
      if (!this.#isCaughtUp) this.#tell('catching-up');
      await learnSurroundings(this.#link, this.#engine, isFresh);
      this.#introduced.resolve();
      if (!this.#isCaughtUp && services.hasArchive) await sync.catchUp();
      if (isFresh) announceOurselves(this.#link);
      // What came between that answer and our presence reached no device of ours: once more, and nothing is missing.
      if (isFresh && services.hasArchive) await sync.catchUp();
      this.#isCaughtUp = true;
    } catch (error) {
      this.#introduced.resolve();
      if (this.#isStopped || generation !== this.#generation) return;
      // The archive failed, not the connection: new messages still come and go.
      this.#host.log.warn('catching up failed', { error: toFault(error).detail });
      if (isFresh) announceOurselves(this.#link);
    }
    if (this.#isStopped || generation !== this.#generation) return;
    const archived = this.#link.inbox.takeDelivered(this.#engine.doubtful);
    this.#engine.release(this.#engine.hasServerCrashed ? new Set() : archived);
    this.#tell('online');
    void this.#link.extensions.online(isFresh);
    void rejoinRooms(this.#link, this.#engine, this.#host.log);
    await this.#fillHistory();
  }

  /** The rest of the first sync, while the account is in use already. */
  async #fillHistory(): Promise<void> {
    try {
      if (this.#link.services.hasArchive) await this.#link.sync.backfill();
    } catch (error) {
      if (!this.#isStopped) this.#host.log.info('the first sync was interrupted', { error: toFault(error).detail });
    }
  }

  #onOffline(fault: BridgeFault, willRetry: boolean): void {
    this.#generation += 1;
    this.#introduced.resolve();
    this.#introduced = Promise.withResolvers<void>();
    if (this.#link.roster.isLoaded) this.#introduced.resolve();
    this.#tell(!willRetry && fault.code !== 'conflict' ? 'needs-login' : 'offline', fault);
  }

  #claim(stanza: XmlElement): boolean {
    const archived = this.#link.reader.claim(stanza);
    if (archived === 'forged') {
      this.#report(securityEvent('archive-spoof', `an archive result from ${stanza.attribute('from') ?? 'ourselves'}`));
    }
    if (archived !== 'other') return true;
    if (readRosterPush(stanza, this.#link.ownBareJid) !== null) return false;
    // Requests that change something are stored in order; questions are answered at once.
    if (stanza.attribute('type') === 'set') return false;
    const answer = this.#link.inbox.answer(stanza);
    if (answer === null) return false;
    this.#engine.send(answer);
    return true;
  }

  async #store(stanzas: readonly XmlElement[], count: number): Promise<void> {
    await this.#introduced.promise;
    const { events, replies, change } = this.#link.inbox.translate(stanzas);
    await this.#link.journal.write({ events, inbound: count, change });
    this.#link.reply(replies);
  }

  /** Many acknowledgements come in a row; they are saved together. */
  #saveSoon(): void {
    this.#saveTimer ??= setTimeout(() => {
      this.#saveTimer = undefined;
      this.#save();
    }, saveDelayMs);
  }

  #save(): void {
    this.#write([]);
  }

  #tell(connection: ConnectionState, fault?: BridgeFault): void {
    this.#report({ type: 'state', connection, fault });
  }

  #report(event: BridgeEvent): void {
    this.#write([event]);
  }

  /** Not waited for: a store that refuses is noticed by the next stanza that has to be stored. */
  #write(events: readonly BridgeEvent[]): void {
    this.#link.journal.write({ events }).catch((error: unknown) => {
      if (!this.#isStopped) this.#host.log.warn('an event could not be stored', { error: toFault(error).detail });
    });
  }
}
