import { randomInt, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished, expect, it } from 'vitest';
import { fromColumns, type AccountRow, type ConversationRow, type MessageAnchor, type MessagePage, type MessageRow } from '#rpc';
import { EngineGone, spawnEngine, type ChildEngine } from '../../kit/child-engine.ts';
import { openRecordingNetwork } from '../../kit/recording-network.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { until } from '../../kit/until.ts';

const script = join(import.meta.dirname, '..', '..', 'kit', 'engine-child.ts');
const kills = 20;

interface Plan {
  readonly clientId: string;
  readonly text: string;
}

/** What a person writes in one conversation, one after another; what was not answered is asked again. */
class Writer {
  readonly title: string;
  readonly accepted: string[] = [];
  #open: Plan | null = null;
  #count = 0;

  constructor(title: string) {
    this.title = title;
  }

  async write(engine: ChildEngine, id: ConversationRow['id']): Promise<void> {
    this.#open ??= { clientId: randomUUID(), text: `${this.title} ${(this.#count += 1)}` };
    const { clientId, text } = this.#open;
    await engine.call('messages.send', { conversationId: id, clientId, text, replyToId: null, files: [] });
    this.accepted.push(text);
    this.#open = null;
  }
}

const start = async (profileDir: string, networkFile: string): Promise<ChildEngine> => {
  const engine = spawnEngine(script, [networkFile]);
  onTestFinished(() => engine.kill());
  await engine.host('host.start', { profileDir, appVersion: '0', host: 'electron', vaultKey: null });
  return engine;
};

const conversationsOf = async (engine: ChildEngine): Promise<ConversationRow[]> =>
  until(async () => {
    const { rows } = await engine.call('conversations.list', { filter: {}, after: null, limit: 10 });
    return rows.length === 3 && fromColumns(rows);
  }, { label: 'three conversations' });

it(`loses, doubles and reorders nothing over ${kills} kills`, async () => {
  const profileDir = tempFolder('kill');
  const networkFile = join(profileDir, 'network.jsonl');
  const writers = ['one', 'two', 'three'].map((title) => new Writer(title));

  const setUp = await start(profileDir, networkFile);
  const values = { address: 'me@fake', password: 'x' };
  await setUp.call('accounts.add', { bridgeId: 'fake' as AccountRow['bridgeId'], flowId: 'password', values });
  await conversationsOf(setUp);
  await setUp.kill();

  for (let round = 0; round < kills; round += 1) {
    const engine = await start(profileDir, networkFile);
    const chats = await conversationsOf(engine);
    const dies = pause(randomInt(5, 250)).then(() => engine.kill());
    const writing = writers.map(async (writer) => {
      const chat = chats.find(({ title }) => title === writer.title);
      if (chat === undefined) throw new Error(`no conversation ${writer.title}`);
      while (true) {
        await writer.write(engine, chat.id);
        // Nobody types faster; the backlog stays one that is gone in seconds.
        await pause(randomInt(2, 20));
      }
    });
    for (const outcome of await Promise.allSettled(writing)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(EngineGone) });
    }
    await dies;
  }

  const engine = await start(profileDir, networkFile);
  const network = openRecordingNetwork(networkFile);
  for (const chat of await conversationsOf(engine)) {
    const writer = writers.find(({ title }) => title === chat.title);
    await writer?.write(engine, chat.id);
    const shown = await until(
      async () => {
        const own: MessageRow[] = [];
        let before: MessageRow['id'] | null = null;
        do {
          const anchor: MessageAnchor = before === null ? { kind: 'newest' } : { kind: 'before', id: before };
          const page: MessagePage = await engine.call('messages.page', { conversationId: chat.id, anchor, limit: 500 });
          own.unshift(...fromColumns(page.rows).filter(({ isOwn }) => isOwn));
          before = page.hasOlder ? (own[0]?.id ?? null) : null;
        } while (before !== null);
        return own.every(({ delivery }) => delivery === 'sent') && own;
      },
      { timeoutMs: 60_000, label: 'everything sent' },
    );
    const received = network.messages().filter(({ conversationId }) => conversationId === chat.title);
    // Accepted by the engine = received by the network, each once, in the order they were written.
    expect(received.map(({ text }) => text)).toEqual(writer?.accepted);
    expect(shown.map(({ text }) => text)).toEqual(writer?.accepted);
  }
  expect(network.messages().length).toBeGreaterThan(kills);
  await engine.host('host.stop', {});
  expect(await engine.exited).toBe(0);
});
