/** End-to-end encryption of one account: the SDK's Rust machine over our SQLite files. Lives in the worker. */
import { MatrixEvent, type IEvent, type MatrixClient } from 'matrix-js-sdk';
import { CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { CryptoBackend } from 'matrix-js-sdk/lib/common-crypto/CryptoBackend.js';
import { BridgeError } from '#bridge';
import { asRecord, asString, type JsonRecord } from '../event-shape.ts';
import { installIndexedDb } from '../indexeddb/index.ts';
import { withProof } from './proof.ts';
import { createShieldReader, type ShieldReader } from './shields.ts';
import { failureOf } from './unreadable-reason.ts';

/** An event of a room whose key we do not have (yet). */
export interface UnreadableEvent {
  readonly eventId: string;
  readonly roomId: string;
  readonly sessionId: string;
  /** As the server told it. */
  readonly raw: JsonRecord;
  /** The SDK's word for the reason. */
  readonly reason: string;
}

export type Decrypted =
  | { readonly isClear: true; readonly raw: JsonRecord }
  | { readonly isClear: false; readonly unreadable: UnreadableEvent };

export interface AccountCrypto {
  /** The event in clear; one that is not encrypted, redacted or no event at all comes back as it is. Never throws. */
  decrypt(roomId: string, raw: unknown): Promise<Decrypted>;
  /** @throws BridgeError `offline` while the room's members cannot be asked for */
  encrypt(roomId: string, type: string, content: JsonRecord): Promise<JsonRecord>;
  readonly backend: CryptoBackend;
  close(): void;
}

export interface CryptoOptions {
  readonly client: MatrixClient;
  /** A folder of this device's own. */
  readonly folder: string;
  /** 32 bytes that seal what lies in it. */
  readonly storageKey: Uint8Array;
  /** Keys arrived, or were withheld: messages of these sessions can be read now, or have another reason. */
  readonly onKeys: (keys: readonly { readonly roomId: string; readonly sessionId: string }[]) => void;
}

/**
 * Opens the device's identity and keys, makes them at first.
 * @throws when another process has them (`SQLITE_BUSY`), or the key does not open them
 */
export async function openCrypto({ client, folder, storageKey, onKeys }: CryptoOptions): Promise<AccountCrypto> {
  const files = await installIndexedDb(folder);
  try {
    await client.initRustCrypto({ useIndexedDB: true, cryptoDatabasePrefix: 'palomar', storageKey });
  } catch (error) {
    files.close();
    throw error;
  }
  // The public type hides what the SDK's own sending uses; test/integration/matrix/encryption fails when it goes.
  const backend = client.getCrypto() as CryptoBackend | undefined;
  if (backend === undefined) throw new Error('the SDK opened no crypto');
  const { curve25519 } = await backend.getOwnDeviceKeys();
  const shields = createShieldReader(backend, { userId: client.getSafeUserId(), senderKey: curve25519 });
  for (const news of [CryptoEvent.DevicesUpdated, CryptoEvent.UserTrustStatusChanged, CryptoEvent.KeysChanged] as const) client.on(news, () => shields.forget());
  watchKeys(backend, (keys) => {
    shields.forget();
    onKeys(keys);
  });
  const reader: Reader = { client, shields, letGo: lettingGo(backend) };
  return {
    backend,
    decrypt: (roomId, raw) => decrypt(reader, roomId, raw),
    encrypt: (roomId, type, content) => encrypt(client, backend, roomId, type, content),
    close: () => files.close(),
  };
}

/** The SDK keeps every event it cannot read, for ever, to try it again. What waits is in our store. */
const lettingGo = (backend: CryptoBackend): Reader['letGo'] => {
  const inner = backend as unknown as { readonly eventDecryptor?: { removeEventFromPendingList?(event: MatrixEvent): void } };
  return (event) => inner.eventDecryptor?.removeEventFromPendingList?.(event);
};

interface Reader {
  readonly letGo: (event: MatrixEvent) => void;
  readonly client: MatrixClient;
  readonly shields: ShieldReader;
}

interface RoomKey {
  readonly roomId: { toString(): string };
  readonly sessionId: string;
}

type WatchKeys = (keys: readonly RoomKey[]) => Promise<void>;

/** No public event tells that a key arrived: the SDK calls these methods of its own by name. */
function watchKeys(backend: CryptoBackend, onKeys: CryptoOptions['onKeys']): void {
  const inner = backend as unknown as { onRoomKeysUpdated?: WatchKeys; onRoomKeysWithheld?: WatchKeys };
  const original = inner.onRoomKeysUpdated?.bind(backend);
  if (original === undefined) throw new Error('the SDK does not tell about new keys any more');
  const tell = (keys: readonly RoomKey[]): void => onKeys(keys.map(({ roomId, sessionId }) => ({ roomId: roomId.toString(), sessionId })));
  inner.onRoomKeysUpdated = async (keys) => {
    await original(keys);
    tell(keys);
  };
  // That a key will not come is news of the same kind: the message has another reason now.
  const withheld = inner.onRoomKeysWithheld?.bind(backend);
  inner.onRoomKeysWithheld = async (keys) => {
    await withheld?.(keys);
    tell(keys);
  };
}

const isEncrypted = (raw: JsonRecord): boolean =>
  raw['type'] === 'm.room.encrypted' && raw['state_key'] === undefined && asRecord(raw['unsigned'])['redacted_because'] === undefined;

async function decrypt(reader: Reader, roomId: string, value: unknown): Promise<Decrypted> {
  const raw = asRecord(value);
  if (!isEncrypted(raw)) return { isClear: true, raw: asRecord(await withClearBundle(reader, roomId, raw)) };
  // What a sync tells does not name its room.
  const event = new MatrixEvent({ ...raw, room_id: roomId } as unknown as Partial<IEvent>);
  try {
    await reader.client.decryptEventIfNeeded(event);
  } catch {
    return { isClear: false, unreadable: unreadable(roomId, raw, 'UNKNOWN_ERROR') };
  } finally {
    reader.letGo(event);
  }
  if (event.isDecryptionFailure() || event.isBeingDecrypted() || event.getClearContent() === null) {
    return { isClear: false, unreadable: unreadable(roomId, raw, failureOf(event)) };
  }
  // Relations stay outside of the ciphertext, and only there do they count.
  const relation = asRecord(raw['content'])['m.relates_to'];
  const { 'm.relates_to': _inner, ...content } = event.getClearContent() as JsonRecord;
  const clear = {
    ...raw,
    type: event.getType(),
    content: relation === undefined ? content : { ...content, 'm.relates_to': relation },
  };
  const shield = await reader.shields.read(event).catch(() => 'not-sure' as const);
  return { isClear: true, raw: asRecord(await withClearBundle(reader, roomId, withProof(clear, { shield }))) };
}

const unreadable = (roomId: string, raw: JsonRecord, reason: string): UnreadableEvent => ({
  eventId: asString(raw['event_id']) ?? '',
  roomId,
  sessionId: asString(asRecord(raw['content'])['session_id']) ?? '',
  raw,
  reason,
});

/** The server bundles the newest correction with a message (`m.relations`): encrypted like the message itself. */
async function withClearBundle(reader: Reader, roomId: string, raw: JsonRecord): Promise<JsonRecord> {
  const unsigned = asRecord(raw['unsigned']);
  const relations = asRecord(unsigned['m.relations']);
  const edit = asRecord(relations['m.replace']);
  if (!isEncrypted(edit)) return raw;
  const clear = await decrypt(reader, roomId, { ...edit, unsigned: {} });
  if (!clear.isClear) return raw;
  return { ...raw, unsigned: { ...unsigned, 'm.relations': { ...relations, 'm.replace': clear.raw } } };
}

async function encrypt(client: MatrixClient, backend: CryptoBackend, roomId: string, type: string, content: JsonRecord): Promise<JsonRecord> {
  const room = client.getRoom(roomId);
  if (room === null) throw new BridgeError('offline', { detail: 'the room is not known yet' });
  const event = new MatrixEvent({ type, content: { ...content }, room_id: roomId, sender: client.getSafeUserId() });
  try {
    await backend.encryptEvent(event, room);
  } catch (error) {
    // A method we do not know, or a room that the SDK has not set up: never in clear, and the person decides when to try again.
    if (error instanceof Error && error.name !== 'ConnectionError') {
      throw new BridgeError('encrypted-conversation', { detail: error.message });
    }
    throw error;
  }
  if (event.getWireType() !== 'm.room.encrypted') throw new BridgeError('encrypted-conversation', { detail: 'the message was not encrypted' });
  return event.getWireContent() as JsonRecord;
}
