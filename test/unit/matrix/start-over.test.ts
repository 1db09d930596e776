/** A server that does not know any more where our sync stands: all is asked for again, and nothing is told as new twice. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BridgeSession } from '#bridge';
import { accountId } from '#model';
import { matrixBridge } from '../../../bridges/matrix/index.ts';
import { openMatrixStore } from '../../../bridges/matrix/store/matrix-store.ts';
import { isPositionRefused, startOver, wentBack } from '../../../bridges/matrix/worker/start-over.ts';
import { createFakeHost, type FakeHost } from '../../kit/fake-host.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { until } from '../../kit/until.ts';
import { startFakeHomeserver, type FakeAnswer, type FakeHomeserver } from './fake-homeserver.ts';

const self = '@alice:example.org';
const bob = '@bob:example.org';
/** Another thread starts, after a pause. */
const patientMs = 30_000;
const syncPath = 'GET /_matrix/client/v3/sync';

const open = (server: FakeHomeserver): { session: BridgeSession; host: FakeHost } => {
  const host = createFakeHost({ secrets: { accessToken: 'secret-token' } });
  const settings = { baseUrl: server.baseUrl, userId: self, deviceId: 'DEV' };
  const session = matrixBridge.open({ id: accountId(1), address: self, displayName: null, settings }, null, host);
  onTestFinished(async () => {
    await session.stop();
    host.dispose();
  });
  return { session, host };
};

const event = (eventId: string, type: string, content: unknown, more: object = {}): unknown => ({ event_id: eventId, type, sender: bob, origin_server_ts: Date.now(), content, ...more });
const message = (eventId: string, more: object = {}): unknown => event(eventId, 'm.room.message', { msgtype: 'm.text', body: `says ${eventId}` }, more);
const timeline = (events: readonly unknown[], isLimited = false): unknown => ({ timeline: { events, limited: isLimited, prev_batch: 'older' } });
const named = (name: string): unknown => ({ events: [event(`$name-${name}`, 'm.room.name', { name }, { state_key: '' })] });

/** Once the first response was taken in, `later` answers; those with no position before get `first`. */
const answerSync = (server: FakeHomeserver, first: unknown, later: (since: string | null, count: number) => FakeAnswer | Promise<FakeAnswer>): void => {
  let count = 0;
  server.on(syncPath, ({ query }) => {
    const since = query.get('since');
    count += 1;
    return count === 1 ? { body: first } : later(since, count);
  });
};

const syncCount = (server: FakeHomeserver, isFromStart: boolean): number =>
  server.requests.filter(({ path, query }) => path.endsWith('/sync') && query.has('since') !== isFromStart).length;

const quietly = async (body: unknown): Promise<FakeAnswer> => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return { body };
};

describe('a position that the server does not take', () => {
  it('is given up: what was said meanwhile arrives, what we have is no news, and what is missing is a gap', async () => {
    const server = await startFakeHomeserver();
    const { session, host } = open(server);
    const known = message('$known');
    const corrected = event('$corrected', 'm.room.message', { body: 'x', 'm.new_content': { msgtype: 'm.text', body: 'corrected' }, 'm.relates_to': { rel_type: 'm.replace', event_id: '$known' } });
    const before = { '!a:x.org': { ...(timeline([known, message('$taken'), corrected]) as object), state: named('Before') }, '!b:x.org': timeline([message('$b1')]), '!gone:x.org': timeline([message('$gone')]) };
    const redaction = event('$r', 'm.room.redaction', {}, { redacts: '$taken' });
    const taken = message('$taken', { content: {}, unsigned: { redacted_because: redaction } });
    const after = {
      '!a:x.org': { ...(timeline([known, taken, corrected, message('$new'), redaction], true) as object), state: named('After') },
      '!b:x.org': timeline([message('$b90'), message('$b91')], true),
      '!new:x.org': timeline([message('$hello')]),
    };
    answerSync(server, { next_batch: 's100_1', rooms: { join: before } }, (since) => {
      if (since === 's100_1') return { status: 400, body: { errcode: 'M_UNKNOWN', error: 'Invalid stream token' } };
      return since === null ? { body: { next_batch: 's7_1', rooms: { join: after } } } : quietly({ next_batch: since });
    });
    await session.start();
    await host.waitFor('message.upserted', ({ message: told }) => told.remoteId === '$hello', patientMs);
    await host.waitFor('conversation.patched', ({ conversationId, patch }) => conversationId === '!gone:x.org' && patch.membership === 'left', patientMs);
    await until(() => host.of('state').at(-1)?.connection === 'online');

    const origins = (id: string) => host.of('message.upserted').filter(({ message: told }) => told.remoteId === id).map(({ origin }) => origin);
    expect([origins('$known'), origins('$taken')]).toEqual([['history'], ['history']]);
    expect(host.of('message.patched')).toHaveLength(1);
    expect(origins('$new')).toEqual(['catchup']);
    expect(origins('$b90')).toEqual(['catchup']);
    expect(host.of('message.deleted')).toMatchObject([{ target: '$taken' }]);
    expect(host.of('gap.upserted')).toEqual([{ type: 'gap.upserted', conversationId: '!b:x.org', before: '$b90', cursor: 'older' }]);
    expect(host.of('conversation.patched').some(({ patch }) => patch.title === 'After')).toBe(true);
    expect(syncCount(server, true)).toBe(2);
  }, 2 * patientMs);

  it('is not given up again and again for a server that takes none', async () => {
    const server = await startFakeHomeserver();
    const { session, host } = open(server);
    answerSync(server, { next_batch: 's1_1' }, (since) => (since === null ? { body: { next_batch: 's2_1' } } : { status: 400, body: { errcode: 'M_UNKNOWN' } }));
    await session.start();
    // The second refusal could still begin all over; the third shows that it asks on from the position.
    await until(() => syncCount(server, false) >= 3, { timeoutMs: patientMs, label: 'the third refusal' });
    expect(syncCount(server, true)).toBe(2);
    expect(host.logLines.filter((line) => line.includes('lost the position'))).toHaveLength(1);
  }, 2 * patientMs);

  it.each([
    ['a gateway', 404, '<html>'],
    ['another path', 404, '{"errcode":"M_UNRECOGNIZED"}'],
    ['too many requests', 429, '{"errcode":"M_LIMIT_EXCEEDED"}'],
    ['a failure', 500, '{"errcode":"M_UNKNOWN"}'],
    ['no permission', 403, '{"errcode":"M_FORBIDDEN"}'],
  ])('is not what %s means', async (_name, status, body) => {
    expect(await isPositionRefused(new Response(body, { status }))).toBe(false);
  });

  it('is what 400 means', async () => {
    expect(await isPositionRefused(Response.json({ errcode: 'M_INVALID_PARAM' }, { status: 400 }))).toBe(true);
  });
});

describe('a server that is behind us', () => {
  it('was restored: what happened since its copy arrives too', async () => {
    const server = await startFakeHomeserver();
    const { session, host } = open(server);
    const room = (...events: unknown[]): unknown => ({ join: { '!a:x.org': timeline(events) } });
    answerSync(server, { next_batch: 's100_7', rooms: room(message('$1'), message('$2')) }, (since) => {
      if (since === 's100_7') return { body: { next_batch: 's41_9' } };
      return since === null ? { body: { next_batch: 's41_9', rooms: room(message('$1'), message('$other')) } } : quietly({ next_batch: since });
    });
    await session.start();
    await host.waitFor('message.upserted', ({ message: told, origin }) => told.remoteId === '$other' && origin === 'catchup', patientMs);
    expect(host.of('message.deleted')).toEqual([]);
    expect(host.logLines.join()).toContain('went back');
  }, 2 * patientMs);

  it('tells what is older than all we have as history, and what came in late as missed', async () => {
    const server = await startFakeHomeserver();
    const { session, host } = open(server);
    const nowMs = Date.now();
    const sent = (eventId: string, minutesAgo: number): unknown => message(eventId, { origin_server_ts: nowMs - minutesAgo * 60_000 });
    const room = (...events: unknown[]): unknown => ({ join: { '!a:x.org': timeline(events, true) } });
    answerSync(server, { next_batch: 's100_7', rooms: room(sent('$8', 8), sent('$5', 5)) }, (since) => {
      if (since === 's100_7') return { body: { next_batch: 's41_9' } };
      return since === null ? { body: { next_batch: 's41_9', rooms: room(sent('$30', 30), sent('$20', 20), sent('$late', 1), sent('$8', 8), sent('$new', 0)) } } : quietly({ next_batch: since });
    });
    await session.start();
    await host.waitFor('message.upserted', ({ message: told }) => told.remoteId === '$new', patientMs);
    const told = host.of('message.upserted').slice(2).map(({ message: { remoteId }, origin }) => [remoteId, origin]);
    expect(told).toEqual([['$30', 'history'], ['$20', 'history'], ['$late', 'catchup'], ['$new', 'catchup']]);
  }, 2 * patientMs);

  it.each([
    ['s100_1', 's99_2', true],
    ['m100~1.4_1', 'm99~2.1_1', true],
    ['100', '99', true],
    ['s100_1', 's100_0', false],
    ['s99_1', 's100_1', false],
    ['s100_1', 'm99~1_1', false],
    ['100abc', '99abc', false],
    ['9'.repeat(16), '1', false],
    ['opaque', 'OPAQUE', false],
    [null, 's1', false],
    ['s2', undefined, false],
  ])('%s, then %s: %s', (since, next, isBehind) => {
    expect(wentBack(since, next)).toBe(isBehind);
  });
});

describe('starting over', () => {
  it('forgets where the sync stood and who was in the rooms, once in a while', () => {
    const store = openMatrixStore(join(tempFolder('matrix'), 'matrix.sqlite'));
    onTestFinished(() => store.close());
    store.members.set('!a:x.org', []);
    store.settings.set('next_batch', 's1');
    expect(startOver(store, 1_000_000)).toBe(true);
    expect([store.settings.get('next_batch'), store.members.get('!a:x.org')]).toEqual([null, null]);
    store.settings.set('next_batch', 's2');
    expect(startOver(store, 1_000_000 + 14 * 60_000)).toBe(false);
    expect(store.settings.get('next_batch')).toBe('s2');
    expect(startOver(store, 999_000)).toBe(true);
    expect(startOver(store, 1_000_000 + 15 * 60_000)).toBe(true);
  });
});
