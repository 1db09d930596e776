import type { BridgeHost, SecretStore } from '#bridge';
import { ArchiveSync } from './archive-sync.ts';
import type { XmppEnvironment } from './account-settings.ts';
import type { ExtensionContext } from './extension.ts';
import { ExtensionHost } from './extension-host.ts';
import { extensions as definitions } from './extensions.ts';
import { ArchiveReader } from './extensions/0313-message-archive.ts';
import { HeldStanzas } from './held-stanzas.ts';
import { HttpFiles } from './http-files.ts';
import { Inbox } from './inbox.ts';
import { bareJid } from './jid.ts';
import { Journal } from './journal.ts';
import { createPeople, type People } from './people.ts';
import { Requests } from './requests.ts';
import { PresenceBook } from './presence.ts';
import { Receipts } from './receipts.ts';
import { Rooms } from './rooms.ts';
import { RoomBookmarks } from './room-bookmarks.ts';
import { RoomChallenges } from './room-challenge.ts';
import { RoomMarkers } from './room-markers.ts';
import { followDeparture } from './room-departures.ts';
import { Roster } from './roster.ts';
import { ContactOffers } from './services/contact-offers.ts';
import { Gateways } from './services/gateways.ts';
import { VoiceRequests } from './voice-requests.ts';
import { markNetworks } from './services/mark-networks.ts';
import { ServerServices } from './server-services.ts';
import type { XmppState } from './state.ts';
import type { StreamOptions } from './stream/credentials.ts';
import type { IqRequest } from './stream/iq-tracker.ts';
import type { StreamEngine } from './stream/stream-engine.ts';
import type { XmlElement } from './stream/xml/element.ts';

/** The parts that work for one account. */
export interface AccountLink {
  readonly ownBareJid: string;
  readonly domain: string;
  readonly journal: Journal;
  readonly roster: Roster;
  readonly presence: PresenceBook;
  readonly rooms: Rooms;
  readonly roomMarkers: RoomMarkers;
  readonly challenges: RoomChallenges;
  readonly held: HeldStanzas;
  readonly services: ServerServices;
  readonly reader: ArchiveReader;
  readonly sync: ArchiveSync;
  readonly inbox: Inbox;
  readonly files: HttpFiles;
  readonly extensions: ExtensionHost;
  readonly bookmarks: RoomBookmarks;
  readonly secrets: SecretStore;
  readonly requests: Requests;
  readonly people: People;
  readonly gateways: Gateways;
  readonly voiceRequests: VoiceRequests;
  /** Sends what a translation answers, once its events are stored. */
  reply(replies: readonly XmlElement[]): void;
}

export interface AccountLinkOptions {
  readonly stream: Pick<StreamOptions, 'jid' | 'domain' | 'findAgent'>;
  readonly host: BridgeHost;
  readonly state: XmppState;
  readonly environment: XmppEnvironment;
  /** Made later than the link, which it calls back. */
  engine(): Pick<StreamEngine, 'send' | 'request' | 'sendMessage' | 'isOnline' | 'serverAddress'>;
  isCaughtUp(): boolean;
  mayAdvance(): boolean;
}

/** Wires the parts of one account; nothing is connected yet. */
export function linkAccount({ stream, host, state, environment, engine, isCaughtUp, mayAdvance }: AccountLinkOptions): AccountLink {
  const ownBareJid = stream.jid;
  const { domain } = stream;
  const request = (iq: IqRequest): Promise<XmlElement> => engine().request(iq);
  const roster = new Roster(state.roster, state.rosterVersion);
  const requests = new Requests(state.requests);
  const journal = new Journal(markNetworks(host, (jid) => gateways.networkOf(jid)), state, () => ({ ...roster.saved, requests: requests.saved, invitations: rooms.savedInvitations }));
  const presence = new PresenceBook();
  const services = new ServerServices(ownBareJid, domain, request);
  const rooms = new Rooms({
    ownBareJid,
    invitations: state.invitations,
    send: (stanza) => engine().send(stanza),
    request: (payload, to) => request({ type: 'set', to, payload }),
    networkOf: (jid) => gateways.networkOf(jid),
    onOut: (...departed) => queueMicrotask(() => void followDeparture(link, host.log, ...departed)),
  });
  const roomMarkers = new RoomMarkers();
  const challenges = new RoomChallenges();
  const reader = new ArchiveReader(ownBareJid, (payload, to) => request({ type: 'set', to, payload }));
  const receipts = new Receipts({ ownBareJid, roster, now: Date.now });
  const reply = (replies: readonly XmlElement[]): void => {
    for (const stanza of replies) if (engine().send(stanza)) receipts.noteSent(stanza);
  };
  const inbox = new Inbox(
    {
      ownBareJid,
      domain,
      roster,
      presence,
      rooms,
      roomMarkers,
      challenges,
      receipts,
      requests,
      networkOf: (jid) => gateways.networkOf(jid),
      gatewayTitle: (jid) => gateways.titleOf(jid),
      isOurGuest: (jid) => gateways.isOurGuest(jid),
      isLetIn: (jid) => gateways.letsIn(jid),
      // Whom we keep away also speaks in the room that our chat of two is.
      isKeptAway: (from) => people.blocks.keepsAway(from) || people.blocks.keepsAway(rooms.otherOf(bareJid(from) ?? '') ?? undefined),
      extensions: () => link.extensions,
      log: host.log,
      hasArchive: () => services.hasArchive,
      isCaughtUp,
      mayAdvance,
      nameless: () => journal.state.nameless,
      now: Date.now,
    },
    state.encrypted,
  );
  const sync = new ArchiveSync({
    reader,
    journal,
    translate: (messages, origin) => inbox.translateArchived(messages, origin, null),
    reply,
    firstSyncLimit: environment.firstSyncLimit,
  });
  const files = new HttpFiles({
    ca: environment.ca,
    isTrustedHost: (name) => services.isUploadHost(name) || name === domain || name.endsWith(`.${domain}`),
    serverAddress: () => engine().serverAddress,
    findAgent: () => stream.findAgent?.() ?? Promise.resolve(undefined),
  });
  const parts = { ownBareJid, domain, journal, roster, presence, rooms, roomMarkers, challenges, services, reader, sync, inbox, files, requests, reply };
  const contextOf = (name: string): ExtensionContext => ({
    get link() {
      return link;
    },
    get engine() {
      return engine();
    },
    log: host.log,
    now: Date.now,
    saved: () => journal.state.extensions[name] ?? null,
    write: (events, save) =>
      journal.write({
        events,
        ...(save === undefined ? {} : { change: (saved) => ({ ...saved, extensions: { ...saved.extensions, [name]: save } }) }),
      }),
  });
  const people = createPeople(contextOf('people'));
  const gateways = new Gateways(contextOf('gateways'));
  const bookmarks = new RoomBookmarks(contextOf('bookmarks'));
  const voiceRequests = new VoiceRequests(contextOf('voice-requests'));
  const held = new HeldStanzas({ ownBareJid, now: Date.now });
  const attached = [...definitions.map(({ name, attach }) => attach(contextOf(name))), ...people.extensions, gateways, voiceRequests, held, new ContactOffers(contextOf('contact-offers'))];
  const link: AccountLink = { ...parts, people, gateways, voiceRequests, held, bookmarks, secrets: host.secrets, extensions: new ExtensionHost(attached, ownBareJid, host.log) };
  return link;
}
