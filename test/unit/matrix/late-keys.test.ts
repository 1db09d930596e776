/** Keys that come at the worst moments, and keys that nobody tells us of. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { BridgeEvent } from '#bridge';
import type { AccountCrypto } from '../../../bridges/matrix/crypto/account-crypto.ts';
import { createKeySearch } from '../../../bridges/matrix/crypto/key-search.ts';
import { createKeyWatch } from '../../../bridges/matrix/crypto/key-watch.ts';
import { asRecord, asString } from '../../../bridges/matrix/event-shape.ts';
import { openMatrixStore, type MatrixStore } from '../../../bridges/matrix/store/matrix-store.ts';
import type { WantedKey } from '../../../bridges/matrix/store/waiting-events.ts';
import type { AccountContext } from '../../../bridges/matrix/worker/account-context.ts';
import { loadOlder } from '../../../bridges/matrix/worker/calls/load-older.ts';
import { loadMessage } from '../../../bridges/matrix/worker/calls/load-thread.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

const roomId = '!room:example.org';

const sealed = (eventId: string, sessionId = 'session') => ({
  event_id: eventId,
  type: 'm.room.encrypted',
  sender: '@bob:example.org',
  origin_server_ts: 1_795_000_000_000,
  content: { algorithm: 'm.megolm.v1.aes-sha2', session_id: sessionId, ciphertext: `text of ${eventId}` },
});

/** An account without network or crypto: what it has keys for is in `keys`, what it told the engine in `told`. */
const openAccount = () => {
  const store: MatrixStore = openMatrixStore(join(tempFolder('matrix'), 'matrix.sqlite'));
  onTestFinished(() => store.close());
  const keys = new Set<string>();
  const told: BridgeEvent[] = [];
  let attempts = 0;
  let afterAttempt = (): void => undefined;
  const decrypt: AccountCrypto['decrypt'] = async (room, value) => {
    const raw = asRecord(value);
    attempts += 1;
    const sessionId = asString(asRecord(raw['content'])['session_id']) ?? '';
    const isClear = keys.has(sessionId);
    await Promise.resolve();
    afterAttempt();
    if (!isClear) return { isClear, unreadable: { eventId: asString(raw['event_id']) ?? '', roomId: room, sessionId, raw, reason: 'MEGOLM_UNKNOWN_INBOUND_SESSION_ID' } };
    return { isClear, raw: { ...raw, type: 'm.room.message', content: { msgtype: 'm.text', body: `text of ${String(raw['event_id'])}` } } };
  };
  const context = {
    store,
    selfId: '@alice:example.org',
    baseUrl: 'http://example.org',
    closing: new AbortController().signal,
    crypto: () => ({ decrypt }),
    publish: async (events: readonly BridgeEvent[]) => void told.push(...events),
    wantKeys: (wanted: readonly WantedKey[]) => void watch.arrived(wanted),
    client: { createMessagesRequest: async () => ({ chunk: [sealed('$b'), sealed('$a')] }) },
    api: { get: async () => sealed('$a') },
  } as unknown as AccountContext;
  const watch = createKeyWatch(context);
  const shown = (): readonly string[] => {
    const texts = new Map<string, string>();
    for (const event of told) if (event.type === 'message.upserted') texts.set(event.message.remoteId, event.message.text);
    return [...texts.values()];
  };
  /** The key comes right after the next attempt to read failed, before anybody knows that it is wanted. */
  const giveKeyAfterAttempt = (): void => {
    afterAttempt = () => {
      keys.add('session');
      void watch.arrived([{ roomId, sessionId: 'session' }]);
      afterAttempt = () => undefined;
    };
  };
  return { store, keys, context, watch, shown, giveKeyAfterAttempt, attempts: () => attempts };
};

describe('a key that comes between the attempt to read and the note that it is wanted', () => {
  it('opens a page of history', async () => {
    const { context, giveKeyAfterAttempt, shown, store } = openAccount();
    giveKeyAfterAttempt();
    await loadOlder(context, roomId, null, null, 10);
    await vi.waitFor(() => expect(shown()).toEqual(['text of $a', 'text of $b']));
    expect(store.waiting.keys(null, 10)).toEqual([]);
  });

  it('opens a single message', async () => {
    const { context, giveKeyAfterAttempt, shown } = openAccount();
    giveKeyAfterAttempt();
    await loadMessage(context, roomId, '$a');
    await vi.waitFor(() => expect(shown()).toEqual(['text of $a']));
  });
});

it('twenty messages that name one key are read again once, and a key that comes meanwhile counts', async () => {
  const { store, watch, keys, attempts, shown } = openAccount();
  const wanted = Array.from({ length: 20 }, (_, index) => ({ eventId: `$${String(index)}`, roomId, sessionId: 'session', raw: sealed(`$${String(index)}`), reason: 'MEGOLM_UNKNOWN_INBOUND_SESSION_ID' }));
  store.waiting.add(wanted);
  await watch.arrived(wanted);
  expect(attempts()).toBe(20);
  const reading = watch.arrived(wanted);
  await vi.waitFor(() => expect(attempts()).toBeGreaterThan(21));
  keys.add('session');
  void watch.arrived(wanted);
  await reading;
  await vi.waitFor(() => expect(shown()).toHaveLength(20));
});

describe('the search for keys', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const search = (keys: readonly string[]) => {
    const waiting = new Set(keys);
    const asked: string[][] = [];
    const inBackup = { tag: 'one' as string | null, isSilent: false };
    let looks = 0;
    const found = createKeySearch({
      waiting: {
        keys: (after, limit) => [...waiting].filter((sessionId) => sessionId > (after?.sessionId ?? '')).slice(0, limit).map((sessionId) => ({ roomId, sessionId })),
      },
      readAgain: async (wanted) => void asked.push(wanted.map(({ sessionId }) => sessionId)),
      backupTag: async () => {
        looks += 1;
        if (inBackup.isSilent) throw new Error('nobody there');
        return inBackup.tag;
      },
    });
    onTestFinished(() => found.stop());
    return { found, waiting, asked, inBackup, looks: () => looks };
  };
  const name = (index: number): string => `key ${String(index).padStart(4, '0')}`;

  it('tries all that waits as soon as we are online: a kill may have come before it was read', async () => {
    const names = Array.from({ length: 450 }, (_, index) => name(index));
    const { found, asked, inBackup } = search(names);
    inBackup.tag = null;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toEqual([]);
    found.setOnline(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked.flat()).toHaveLength(200);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(asked.flat()).toEqual(names);
    // Without a backup nothing can come that we are not told of.
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(asked.flat()).toHaveLength(450);
  });

  it('asks again when the backup changed, twice in case the change came just before a look; ever more seldom', async () => {
    const { found, asked, inBackup, looks } = search(['key']);
    found.setOnline(true);
    await vi.advanceTimersByTimeAsync(60_000);
    const before = asked.length;
    expect(before).toBe(2);
    inBackup.tag = 'two';
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked.length).toBe(before + 2);
    const early = looks();
    await vi.advanceTimersByTimeAsync(7_200_000);
    expect(looks() - early).toBeLessThan(12);
    expect(asked.length).toBe(before + 2);
  });

  it('looks within ten seconds after messages began to wait, however many follow, and never when none does', async () => {
    const { found, waiting, asked, looks } = search([]);
    found.setOnline(true);
    found.soon();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(looks()).toBe(0);
    waiting.add('key');
    for (let second = 0; second < 10; second += 1) {
      found.soon();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(asked).toEqual([['key']]);
  });

  it('goes on after a server that does not answer, and rests while we are offline', async () => {
    const { found, asked, inBackup, looks } = search(['key']);
    inBackup.isSilent = true;
    found.setOnline(true);
    await vi.advanceTimersByTimeAsync(30_000);
    expect([asked, looks()]).toEqual([[], expect.toSatisfy((count: number) => count >= 2 && count <= 4)]);
    found.setOnline(false);
    const before = looks();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(looks()).toBe(before);
    inBackup.isSilent = false;
    found.setOnline(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toEqual([['key']]);
  });
});
