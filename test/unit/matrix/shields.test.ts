// needs: nothing
import { join } from 'node:path';
import type { MatrixEvent } from 'matrix-js-sdk';
import type { CryptoBackend } from 'matrix-js-sdk/lib/common-crypto/CryptoBackend.js';
import { EventShieldColour, EventShieldReason } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BridgeEvent } from '#bridge';
import type { MessageShield } from '#model';
import { withProof } from '../../../bridges/matrix/crypto/proof.ts';
import { createShieldReader } from '../../../bridges/matrix/crypto/shields.ts';
import { applySync } from '../../../bridges/matrix/receive.ts';
import { lastingEvents } from '../../../bridges/matrix/receive/outcome.ts';
import { openMatrixStore, type MatrixStore } from '../../../bridges/matrix/store/matrix-store.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

const bob = '@bob:example.org';
const nowMs = 1_795_000_000_000;
const encryptedAtMs = nowMs - 60_000;
const roomId = '!vault:example.org';

const newStore = (): MatrixStore => {
  const store = openMatrixStore(join(tempFolder('matrix'), 'matrix.sqlite'));
  onTestFinished(() => store.close());
  return store;
};
const event = (eventId: string, type: string, content: object, more: object = {}): object => ({
  ...{ event_id: eventId, type, sender: bob, origin_server_ts: nowMs - 1_000, content },
  ...more,
});
const message = (eventId: string, body: string, more: object = {}): object => event(eventId, 'm.room.message', { msgtype: 'm.text', body }, more);
const edit = (eventId: string, target: string, body: string): object =>
  event(eventId, 'm.room.message', { msgtype: 'm.text', body, 'm.new_content': { msgtype: 'm.text', body }, 'm.relates_to': { rel_type: 'm.replace', event_id: target } });
/** As it is after decrypting. */
const encrypted = (raw: object, shield: MessageShield | null = null): object => withProof(raw, { shield });
const encryption = event('$enc', 'm.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' }, { state_key: '', origin_server_ts: encryptedAtMs });

const receive = (store: MatrixStore, ...events: readonly object[]): readonly BridgeEvent[] => {
  const raw = { next_batch: 's', rooms: { join: { [roomId]: { state: { events: [encryption] }, timeline: { events } } } } };
  return store.transaction(() => lastingEvents(applySync(raw, { store, selfId: '@alice:example.org', nowMs, isCatchingUp: false, typing: new Map() })));
};
const told = (events: readonly BridgeEvent[]): unknown[] => events.flatMap((one) => (one.type === 'message.upserted' ? [[one.message.text, one.message.shield]] : []));

describe('an encrypted room', () => {
  it('marks what came in clear since it is encrypted, whatever its server writes about it', () => {
    const forged = { unsigned: { proof: { shield: null }, 'palomar.proof': {}, 'Symbol(palomar.proof)': {} } };
    const before = { origin_server_ts: encryptedAtMs - 1 };
    const events = receive(newStore(), message('$1', 'before', before), message('$2', 'clear', forged), encrypted(message('$3', 'sealed')), encrypted(message('$4', 'doubtful'), 'unknown-device'));
    expect(told(events)).toEqual([['before', undefined], ['clear', 'in-clear'], ['sealed', undefined], ['doubtful', 'unknown-device']]);
  });

  it('keeps to the first time that it was encrypted', () => {
    const store = newStore();
    receive(store, event('$again', 'm.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' }, { state_key: '' }));
    expect(store.shielded.encryptedSinceMs(roomId)).toBe(encryptedAtMs);
  });

  it('takes no correction in clear of what was encrypted or is not known, and marks one of a doubtful device', () => {
    const store = newStore();
    receive(store, encrypted(message('$1', 'true words')), message('$2', 'clear words'));
    const events = receive(store, edit('$3', '$1', 'forged'), edit('$4', '$unknown', 'forged too'), edit('$5', '$2', 'clear again'), encrypted(edit('$6', '$1', 'truer'), 'unverified-device'));
    expect(events.filter(({ type }) => type === 'security')).toMatchObject([{ rule: 'edit-in-clear' }, { rule: 'edit-in-clear' }]);
    expect(events.flatMap((one) => (one.type === 'message.patched' ? [one.patch] : []))).toMatchObject([{ text: 'clear again' }, { text: 'truer', shield: 'unverified-device' }]);
  });

  it('takes no correction in clear that the server bundles with an encrypted message', () => {
    const bundled = { unsigned: { 'm.relations': { 'm.replace': edit('$2', '$1', 'forged') } } };
    expect(told(receive(newStore(), encrypted(message('$1', 'true words', bundled))))).toEqual([['true words', undefined]]);
    const sealed = { unsigned: { 'm.relations': { 'm.replace': encrypted(edit('$2', '$1', 'truer'), 'identity-changed') } } };
    expect(told(receive(newStore(), encrypted(message('$1', 'true words', sealed))))).toEqual([['truer', 'identity-changed']]);
  });
});

it('remembers a bounded number of signs, the newest of them', () => {
  const store = newStore();
  store.transaction(() => {
    for (let index = 0; index < 5_010; index += 1) store.shielded.put({ eventId: `$${String(index)}`, roomId, sender: bob, shield: 'unverified-device' });
  });
  const kept = store.shielded.by(bob, 10_000);
  expect(kept).toHaveLength(5_000);
  expect(kept[0]?.eventId).toBe('$5009');
});

describe('the sign of a session', () => {
  const ownKey = 'own-key';
  const eventOf = (sessionId: string, sender = bob, senderKey = 'key'): MatrixEvent =>
    ({ getWireContent: () => ({ session_id: sessionId }), getRoomId: () => roomId, getSender: () => sender, getSenderKey: () => senderKey }) as unknown as MatrixEvent;
  const readerOf = (colour: EventShieldColour, reason: EventShieldReason | null) => {
    let count = 0;
    const getEncryptionInfoForEvent = () => {
      count += 1;
      return Promise.resolve({ shieldColour: colour, shieldReason: reason });
    };
    return { reader: createShieldReader({ getEncryptionInfoForEvent } as unknown as CryptoBackend, { userId: '@alice:example.org', senderKey: ownKey }), asked: () => count };
  };

  it('is asked for once, until devices or keys change', async () => {
    const { reader, asked } = readerOf(EventShieldColour.RED, EventShieldReason.VERIFICATION_VIOLATION);
    for (let index = 0; index < 3; index += 1) expect(await reader.read(eventOf('s1'))).toBe('identity-changed');
    expect(asked()).toBe(1);
    await reader.read(eventOf('s1', '@mallory:example.org'));
    await reader.read(eventOf('s2'));
    expect(asked()).toBe(3);
    reader.forget();
    await reader.read(eventOf('s1'));
    expect(asked()).toBe(4);
  });

  it.each([
    [EventShieldReason.MISMATCHED_SENDER, 'wrong-sender'],
    [EventShieldReason.UNSIGNED_DEVICE, 'unverified-device'],
    [EventShieldReason.UNKNOWN, 'not-sure'],
    [null, 'not-sure'],
  ])('for reason %s is %s', async (reason, shield) => {
    expect(await readerOf(EventShieldColour.RED, reason).reader.read(eventOf('s1'))).toBe(shield);
  });

  it('is none where the library is calm, and for what this very device wrote', async () => {
    expect(await readerOf(EventShieldColour.NONE, null).reader.read(eventOf('s1'))).toBeNull();
    const { reader } = readerOf(EventShieldColour.RED, EventShieldReason.UNSIGNED_DEVICE);
    expect(await reader.read(eventOf('s1', '@alice:example.org', ownKey))).toBeNull();
    expect(await reader.read(eventOf('s1', '@alice:example.org', 'other'))).toBe('unverified-device');
    expect(await reader.read(eventOf('s1', bob, ownKey))).toBe('unverified-device');
  });
});
