import { PythonPeer } from './python-peer.ts';
import type { PeerEvent } from './python-peer.ts';

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

export interface SlixmppPeer {
  jid: string;
  /** Everything it saw: online, message, receipt, chat-state, subscribe, disconnected. */
  events: readonly PeerEvent[];
  /** Sends a chat message; answers with its id. */
  send(to: string, body: string, options?: { receipt?: boolean; replaces?: string }): Promise<string>;
  sendChatState(to: string, state: ChatState): Promise<void>;
  sendReceipt(to: string, messageId: string): Promise<void>;
  /** Writes XML into the stream as it stands. */
  sendRaw(xml: string): Promise<void>;
  subscribe(to: string): Promise<void>;
  roster(): Promise<{ jid: string; subscription: string }[]>;
  /** The first chat message that matches: { id, sender, body, replaces, asksReceipt }. */
  waitForMessage(isWanted?: (event: PeerEvent) => boolean): Promise<PeerEvent>;
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
  const run = async (command: string, args: Record<string, unknown>): Promise<void> => void (await peer.call(command, args));
  return {
    jid: String(online['jid']),
    events: peer.events,
    send: async (to, body, { receipt = false, replaces } = {}) =>
      String(await peer.call('send', { to, body, receipt, ...(replaces === undefined ? {} : { replaces }) })),
    sendChatState: (to, state) => run('chatState', { to, state }),
    sendReceipt: (to, id) => run('receipt', { to, target: id }),
    sendRaw: (xml) => run('raw', { xml }),
    subscribe: (to) => run('subscribe', { to }),
    roster: async () => (await peer.call('roster')) as { jid: string; subscription: string }[],
    waitForMessage: (isWanted) => peer.waitFor('message', isWanted),
    waitFor: (event, isWanted, timeoutMs) => peer.waitFor(event, isWanted, timeoutMs),
    stop: () => peer.stop(),
  };
}
