import { PythonPeer } from './python-peer.ts';
import type { PeerEvent } from './python-peer.ts';

export interface NioPeerOptions {
  baseUrl: string;
  /** Full Matrix id; the account must exist. */
  userId: string;
  password: string;
  /** Where it keeps its keys; without one it cannot encrypt. */
  keyFolder?: string | undefined;
}

export interface NioPeer {
  userId: string;
  /** Everything it saw: online, message, unreadable, other (reactions, redactions), invite, receipt, typing. */
  events: readonly PeerEvent[];
  createRoom(options?: { name?: string; invite?: readonly string[]; isDirect?: boolean; isEncrypted?: boolean }): Promise<string>;
  join(room: string): Promise<void>;
  invite(room: string, userId: string): Promise<void>;
  /** These answer with the id of the event they made. */
  send(room: string, body: string): Promise<string>;
  sendContent(room: string, content: Record<string, unknown>, type?: string): Promise<string>;
  edit(room: string, eventId: string, body: string): Promise<string>;
  react(room: string, eventId: string, key: string): Promise<string>;
  redact(room: string, eventId: string): Promise<string>;
  read(room: string, eventId: string): Promise<void>;
  setTyping(room: string, isTyping: boolean): Promise<void>;
  /** Answers with the mxc:// address. */
  upload(file: { name: string; type: string; data: Uint8Array }): Promise<string>;
  /** Signs out; its device is deleted. */
  logout(): Promise<void>;
  /** A file of its room keys, as other programs read it; and such a file of others. */
  exportKeys(path: string, passphrase: string): Promise<void>;
  importKeys(path: string, passphrase: string): Promise<void>;
  /** The first message that matches: { room, id, sender, body, content }. */
  waitForMessage(isWanted?: (event: PeerEvent) => boolean): Promise<PeerEvent>;
  waitFor: PythonPeer['waitFor'];
  stop(): Promise<void>;
}

/** Starts a Matrix client that is not ours (matrix-nio), logged in and syncing. */
export async function startNioPeer({ baseUrl, userId, password, keyFolder }: NioPeerOptions): Promise<NioPeer> {
  const peer = new PythonPeer('./nio_peer.py', [baseUrl, userId, password, ...(keyFolder === undefined ? [] : [keyFolder])]);
  try {
    await peer.waitFor('online');
  } catch (error) {
    await peer.stop();
    throw error;
  }
  const text = async (command: string, args: Record<string, unknown>): Promise<string> => String(await peer.call(command, args));
  const run = async (command: string, args: Record<string, unknown>): Promise<void> => void (await peer.call(command, args));
  return {
    userId,
    events: peer.events,
    createRoom: (options = {}) => text('createRoom', { ...options }),
    join: (room) => run('join', { room }),
    invite: (room, user) => run('invite', { room, user }),
    send: (room, body) => text('send', { room, body }),
    sendContent: (room, content, type = 'm.room.message') => text('sendContent', { room, content, type }),
    edit: (room, eventId, body) => text('edit', { room, target: eventId, body }),
    react: (room, eventId, key) => text('react', { room, target: eventId, key }),
    redact: (room, eventId) => text('redact', { room, target: eventId }),
    read: (room, eventId) => run('read', { room, target: eventId }),
    setTyping: (room, isTyping) => run('typing', { room, isTyping }),
    upload: ({ name, type, data }) => text('upload', { name, type, base64Data: Buffer.from(data).toString('base64') }),
    logout: () => run('logout', {}),
    exportKeys: (path, passphrase) => run('exportKeys', { path, passphrase }),
    importKeys: (path, passphrase) => run('importKeys', { path, passphrase }),
    waitForMessage: (isWanted) => peer.waitFor('message', isWanted),
    waitFor: (event, isWanted, timeoutMs) => peer.waitFor(event, isWanted, timeoutMs),
    stop: () => peer.stop(),
  };
}
