import { PythonPeer } from './python-peer.ts';
import type { PeerEvent } from './python-peer.ts';
import { slixmppPeople } from './slixmpp-people.ts';
import type { RosterEntry, SlixmppPeople } from './slixmpp-people.ts';
import { slixmppRooms } from './slixmpp-rooms.ts';
import type { SlixmppRooms } from './slixmpp-rooms.ts';

export interface SlixmppPeerOptions {
  /** Bare or full JID; the account must exist. */
  jid: string;
  password: string;
  host: string;
  /** The port for STARTTLS. */
  port: number;
  caFile: string;
}

export type ChatState = 'active' | 'composing' | 'paused' | 'inactive' | 'gone';
export type MessageType = 'chat' | 'groupchat' | 'normal' | 'headline';

export interface SlixmppSendOptions {
  type?: MessageType;
  /** Asks for a delivery receipt (XEP-0184). */
  receipt?: boolean;
  /** Asks for chat markers (XEP-0333). */
  markable?: boolean;
  /** The id of the message that this one corrects (XEP-0308). */
  replaces?: string;
  /** XEP-0461; with `quote` the text begins with it, marked as fallback (XEP-0428). */
  reply?: { id: string; to: string; quote?: string };
  /** A file by XEP-0066. */
  url?: string;
  /** Further elements of the message. */
  xml?: string;
}

/** One answer of an ad-hoc command; `xml` is the whole of it. */
export interface CommandStep {
  status: string;
  /** The notes, a line each. */
  note: string;
  fields: { var: string | null; type: string | null; values: string[] }[];
  xml: string;
}

export interface SlixmppPeer {
  jid: string;
  /**
   * Everything it saw. In words: online, message, group-message, message-error, receipt, marker, reactions, retraction,
   * reply, chat-state, presence, occupant, subject, invite, subscribe, pubsub, disconnected; and every stanza as it
   * came: `stanza` { kind, sender, id, type, xml }.
   */
  events: readonly PeerEvent[];
  rooms: SlixmppRooms;
  people: SlixmppPeople;
  /** Sends a message (a chat message unless told); answers with its id. */
  send(to: string, body: string, options?: SlixmppSendOptions): Promise<string>;
  /** XEP-0444: all that we think of a message; none takes them back. In rooms `target` is the stanza-id. */
  react(to: string, target: string, emojis: readonly string[], type?: MessageType): Promise<string>;
  /** XEP-0424. In rooms `target` is the stanza-id. */
  retract(to: string, target: string, type?: MessageType): Promise<string>;
  /** XEP-0333. */
  mark(to: string, target: string, kind?: 'received' | 'displayed' | 'acknowledged', type?: MessageType): Promise<void>;
  sendChatState(to: string, state: ChatState, type?: MessageType): Promise<void>;
  sendReceipt(to: string, messageId: string): Promise<void>;
  /** Writes XML into the stream as it stands. */
  sendRaw(xml: string): Promise<void>;
  /** Any request; answers with the whole answer as XML, or throws its error. */
  iq(type: 'get' | 'set', to: string | null, xml: string): Promise<string>;
  subscribe(to: string): Promise<void>;
  roster(): Promise<RosterEntry[]>;
  /**
   * Goes through an ad-hoc command to its end (XEP-0050). Each of `steps` says what to fill in by field; what is not
   * named keeps what the form proposes.
   */
  runCommand(
    jid: string,
    node: string,
    steps?: readonly Readonly<Record<string, string | readonly string[]>>[],
  ): Promise<CommandStep & { steps: CommandStep[] }>;
  discoverCommands(jid: string): Promise<{ jid: string; node: string; name: string }[]>;
  /**
   * Offers commands at its full JID: `lab-form` (every kind of field, a picture by XEP-0221 and XEP-0231, previous,
   * a table), `lab-wait` (answers after that time) and `lab-failure`. Tells `command-answers`, `command-finished`.
   */
  provideCommands(options?: { waitSeconds?: number }): Promise<{ jid: string; picture: string }>;
  /** The first chat message that matches: { id, sender, body, replaces, asksReceipt }. */
  waitForMessage(isWanted?: (event: PeerEvent) => boolean): Promise<PeerEvent>;
  /** The first stanza whose XML matches. */
  waitForStanza(pattern: RegExp): Promise<string>;
  waitFor: PythonPeer['waitFor'];
  stop(): Promise<void>;
}

/** Starts an XMPP client that is not ours (slixmpp) and waits until it is online. It answers receipt requests. */
export async function startSlixmppPeer(options: SlixmppPeerOptions): Promise<SlixmppPeer> {
  const { jid, password, host, port, caFile } = options;
  const peer = new PythonPeer('./slixmpp_peer.py', [jid, password, host, String(port), caFile]);
  let online: PeerEvent;
  try {
    online = await peer.waitFor('online');
  } catch (error) {
    await peer.stop();
    throw error;
  }
  const call = peer.call.bind(peer);
  const run = async (command: string, args: Record<string, unknown>): Promise<void> => void (await call(command, args));
  const people = slixmppPeople(call);
  return {
    jid: String(online['jid']),
    events: peer.events,
    rooms: slixmppRooms(call),
    people,
    send: async (to, body, sendOptions = {}) => String(await call('send', { to, body, ...sendOptions })),
    react: async (to, target, emojis, type = 'chat') => String(await call('react', { to, target, emojis, type })),
    retract: async (to, target, type = 'chat') => String(await call('retract', { to, target, type })),
    mark: (to, target, kind = 'displayed', type = 'chat') => run('mark', { to, target, kind, type }),
    sendChatState: (to, state, type = 'chat') => run('chatState', { to, state, type }),
    sendReceipt: (to, id) => run('receipt', { to, target: id }),
    sendRaw: (xml) => run('raw', { data: xml }),
    iq: async (type, to, xml) => String(await call('iq', { type, to, xml })),
    subscribe: (to) => run('subscribe', { to }),
    roster: people.roster,
    runCommand: async (to, node, steps = []) =>
      (await call('runCommand', { jid: to, node, steps })) as CommandStep & { steps: CommandStep[] },
    discoverCommands: async (to) =>
      (await call('discoverCommands', { jid: to })) as { jid: string; node: string; name: string }[],
    provideCommands: async ({ waitSeconds = 0 } = {}) =>
      (await call('provideCommands', { waitSeconds })) as { jid: string; picture: string },
    waitForMessage: (isWanted) => peer.waitFor('message', isWanted),
    waitForStanza: async (pattern) => {
      const found = await peer.waitFor('stanza', ({ xml }) => pattern.test(String(xml)));
      return String(found['xml']);
    },
    waitFor: (event, isWanted, timeoutMs) => peer.waitFor(event, isWanted, timeoutMs),
    stop: () => peer.stop(),
  };
}
