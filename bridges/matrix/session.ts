/** The session in the engine's thread: a thin proxy. The account itself lives in a worker, see worker/. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BridgeAccount, BridgeHost, BridgeSession, Json } from '#bridge';
import {
  cryptoFolderOf,
  cryptoKeySecret,
  readAccountSettings,
  readSavedProgress,
  storeFileName,
} from './account-settings.ts';
import { openEncryption } from './encryption.ts';
import { readCapabilities } from './capabilities.ts';
import { openPeople } from './people.ts';
import { openServices } from './services.ts';
import { openFolderKeeping, openFolders, openPins, openRooms } from './rooms.ts';
import { readTokens, saveTokens } from './stored-tokens.ts';
import { createWorkerLink } from './worker-link.ts';

/** Base64. Made at the first start; saved before anything is sealed with it. Null: lost, and with it the device's keys. */
const readCryptoKey = async (host: BridgeHost, folder: string): Promise<string | null> => {
  const known = await host.secrets.get(cryptoKeySecret);
  if (known !== null) return known;
  if (existsSync(folder)) return null;
  const made = randomBytes(32).toString('base64');
  await host.secrets.set(cryptoKeySecret, made);
  return made;
};

/** Makes a session; nothing is connected before `start`. */
export const openSession = (account: BridgeAccount, savedState: Json | null, host: BridgeHost): BridgeSession => {
  const { baseUrl, userId, deviceId, oauth } = readAccountSettings(account);
  const link = createWorkerLink({
    host,
    saveTokens: (tokens) => saveTokens(host.secrets, tokens),
    refreshConfig: async (config, progress) => ({ ...config, tokens: (await readTokens(host.secrets)) ?? config.tokens, progress }),
  });
  const start = async (): Promise<void> => {
    host.signal.addEventListener('abort', () => void link.stop(), { once: true });
    const tokens = await readTokens(host.secrets);
    if (tokens === null) {
      await host.emit([{ type: 'state', connection: 'needs-login', fault: { code: 'signed-out' } }]);
      return;
    }
    const storePath = join(host.dataDir, storeFileName);
    const cryptoFolder = join(host.dataDir, cryptoFolderOf(deviceId));
    const cryptoKey = await readCryptoKey(host, cryptoFolder);
    if (cryptoKey === null) {
      const fault = { code: 'signed-out', detail: 'the key that opens the keys of this device is lost' } as const;
      await host.emit([{ type: 'state', connection: 'needs-login', fault }]);
      return;
    }
    link.start({ baseUrl, userId, deviceId, oauth, tokens, storePath, cryptoFolder, cryptoKey, progress: readSavedProgress(savedState) });
  };
  return {
    start,
    stop: () => link.stop(),
    reconnect: () => link.reconnect(),
    setActive: (isActive) => link.setActive(isActive),
    send: (message) => link.call('send', [message]),
    loadConversation: (conversationId) => link.call('loadConversation', [conversationId]),
    loadPerson: (personId) => link.call('loadPerson', [personId]),
    capabilities: (conversationId) => readCapabilities(link.room(conversationId), link.maxFileBytes()),
    history: {
      loadOlder: (conversationId, cursor, oldestKnown, limit) =>
        link.call('loadOlder', [conversationId, cursor, oldestKnown, limit]),
      loadMessage: (conversationId, id) => link.call('loadMessage', [conversationId, id]),
    },
    threads: { loadOlder: (conversationId, root, cursor, limit) => link.call('loadThread', [conversationId, root, cursor, limit]) },
    polls: {
      vote: (target, choices, id) => link.call('vote', [target, choices, id]),
      end: (target, id) => link.call('endPoll', [target, id]),
      create: (conversationId, poll, id) => link.call('createPoll', [conversationId, poll, id]),
    },
    edits: {
      edit: (target, text, id) => link.call('edit', [target, text, id]),
      delete: (target, id) => link.call('delete', [target, id]),
    },
    reactions: { react: (target, emojis, id) => link.call('react', [target, emojis, id]) },
    receipts: { markRead: (target, isShared = true, _isSharedInRooms, within) => link.call('markRead', [target, isShared, within]) },
    typing: {
      setTyping: (conversationId, isTyping) =>
        link.call('setTyping', [conversationId, isTyping]).catch(() => undefined),
    },
    attachments: {
      download: (attachment, path, maxBytes, signal) => link.call('download', [attachment, path, maxBytes], signal),
    },
    encryption: openEncryption(link),
    rooms: openRooms(link),
    services: openServices(link, baseUrl, oauth !== undefined),
    pins: openPins(link),
    folders: openFolders(link),
    folderKeeping: openFolderKeeping(link),
    ...openPeople(link),
    directory: { startConversation: (address) => link.call('startConversation', [address]) },
    membership: {
      accept: (conversationId) => link.call('accept', [conversationId]),
      leave: (conversationId) => link.call('leave', [conversationId]),
    },
  };
};
