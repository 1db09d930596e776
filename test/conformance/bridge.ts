/**
 * What every bridge promises (bridges/contract/README.md), as one suite that each of them runs against its real
 * network. A subject says how to reach that network; the suite knows nothing about any of them.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  BridgeError,
  type BridgeAccount,
  type BridgeDefinition,
  type BridgeSession,
  type LoginResult,
  type LoginValues,
} from '#bridge';
import { accountId, transactionId, type OutgoingMessage, type RemoteConversationId } from '#model';
import { createFakeHost, type FakeHost } from '../kit/fake-host.ts';
import { until } from '../kit/until.ts';

/** Somebody else on the same network, driven by other code than ours where there is any. */
export interface ConformancePeer {
  /** Sends a text to the account under test. */
  sendText(text: string): Promise<void>;
  /** All texts the peer has received so far, oldest first, doubles included. */
  receivedTexts(): Promise<readonly string[]>;
}

export interface BridgeSubject {
  readonly definition: BridgeDefinition;
  readonly flowId: string;
  readonly values: LoginValues;
  /** Same form, wrong password; absent where there is none. */
  readonly wrongValues?: LoginValues;
  readonly peer: ConformancePeer;
  /** The conversation with the peer, by opening it or by knowing its id. */
  conversation(session: BridgeSession, host: FakeHost): Promise<RemoteConversationId>;
  stop(): Promise<void>;
}

const noSignal = (): AbortSignal => new AbortController().signal;

export const describeBridge = (name: string, prepare: () => Promise<BridgeSubject>): void => {
  describe(`bridge contract: ${name}`, () => {
    let subject: BridgeSubject;
    let login: LoginResult;
    const open: { session: BridgeSession; host: FakeHost }[] = [];

    const account = (): BridgeAccount => ({
      id: accountId(1),
      address: login.address,
      displayName: login.displayName,
      settings: login.settings,
    });

    /** Starts a session; with `after` it continues where that host was left, like a restart of the app. */
    const start = async (after?: FakeHost): Promise<{ session: BridgeSession; host: FakeHost }> => {
      const secrets = after ? Object.fromEntries(after.secretValues) : login.secrets;
      const host = createFakeHost({ secrets, ...(after ? { dataDir: after.dataDir } : {}) });
      const session = subject.definition.open(account(), after?.savedState ?? null, host);
      open.push({ session, host });
      await session.start();
      await host.waitFor('state', (event) => event.connection === 'online', 20_000);
      return { session, host };
    };

    const message = (conversationId: RemoteConversationId, text: string): OutgoingMessage => ({
      conversationId,
      transactionId: transactionId(randomUUID()),
      text,
      writtenAtMs: Date.now(),
    });

    beforeAll(async () => {
      subject = await prepare();
      login = await subject.definition.login(subject.flowId, subject.values, noSignal());
    }, 120_000);
    afterEach(async () => {
      for (const { session } of open.splice(0)) await session.stop();
    });
    afterAll(async () => {
      await subject?.stop();
    });

    it('has a name, a network and a login form', () => {
      expect(subject.definition.id).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(subject.definition.network).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(subject.definition.loginFlows.some((flow) => flow.id === subject.flowId)).toBe(true);
    });

    it('keeps secrets out of the plain settings', () => {
      const plain = JSON.stringify(login.settings);
      for (const secret of Object.values(login.secrets)) expect(plain).not.toContain(secret);
    });

    it('says wrong-password for a wrong password', async () => {
      if (!subject.wrongValues) return expect(Object.keys(login.secrets)).toEqual([]);
      const attempt = subject.definition.login(subject.flowId, subject.wrongValues, noSignal());
      const fault = await attempt.then(
        () => null,
        (error: unknown) => (error instanceof BridgeError ? error.fault : error),
      );
      expect(fault).toMatchObject({ code: 'wrong-password' });
    });

    it('delivers a message once to the peer and acknowledges it', async () => {
      const { session, host } = await start();
      const out = message(await subject.conversation(session, host), `to the peer ${randomUUID()}`);
      const receipt = await session.send(out);
      expect(receipt.remoteId.length).toBeGreaterThan(0);
      await until(async () => (await subject.peer.receivedTexts()).includes(out.text), { label: 'the peer has it' });
      expect((await subject.peer.receivedTexts()).filter((text) => text === out.text)).toHaveLength(1);
    });

    it('makes one message of one transaction, also after a restart', async () => {
      const first = await start();
      const out = message(await subject.conversation(first.session, first.host), `only once ${randomUUID()}`);
      await first.session.send(out);
      await first.session.stop();
      const second = await start(first.host);
      await second.session.send(out);
      const mark = message(out.conversationId, `after it ${randomUUID()}`);
      await second.session.send(mark);
      await until(async () => (await subject.peer.receivedTexts()).includes(mark.text), { label: 'the later message' });
      // A network may show a repeated id twice to a client; it may never be two messages with two ids.
      const names = new Set(
        [...first.host.of('message.upserted'), ...second.host.of('message.upserted')]
          .filter((event) => event.message.text === out.text)
          .map((event) => event.message.transactionId ?? event.message.remoteId),
      );
      expect(names.size).toBeLessThanOrEqual(1);
      expect((await subject.peer.receivedTexts()).filter((text) => text === out.text)).toHaveLength(1);
    });

    it('keeps the order of sending', async () => {
      const { session, host } = await start();
      const conversationId = await subject.conversation(session, host);
      const run = randomUUID();
      const texts = Array.from({ length: 10 }, (_, index) => `${run} ${index}`);
      for (const text of texts) await session.send(message(conversationId, text));
      const got = async () => (await subject.peer.receivedTexts()).filter((text) => text.startsWith(run));
      await until(async () => (await got()).length >= texts.length, { label: 'all ten' });
      expect(await got()).toEqual(texts);
    });

    it('reports a live message of the peer as not ours', async () => {
      const { session, host } = await start();
      const conversationId = await subject.conversation(session, host);
      const text = `from the peer ${randomUUID()} õäöü 漢 👩‍👩‍👧`;
      await subject.peer.sendText(text);
      const event = await host.waitFor('message.upserted', (one) => one.message.text === text);
      expect(event.message).toMatchObject({ isOwn: false, kind: 'message', conversationId });
      expect(event.origin).not.toBe('history');
      expect(Math.abs(event.message.sentAtMs - Date.now())).toBeLessThan(120_000);
    });

    it('catches up with what was written while it was away, once', async () => {
      const first = await start();
      await subject.conversation(first.session, first.host);
      await first.session.stop();
      const text = `while away ${randomUUID()}`;
      await subject.peer.sendText(text);
      const second = await start(first.host);
      const event = await second.host.waitFor('message.upserted', (one) => one.message.text === text);
      expect(event.origin).toBe('catchup');
      const ids = second.host.of('message.upserted').filter((one) => one.message.text === text);
      expect(new Set(ids.map((one) => one.message.remoteId)).size).toBe(1);
    });

    it('says nothing after it was stopped', async () => {
      const { session, host } = await start();
      await subject.conversation(session, host);
      await session.stop();
      const count = host.events.length;
      const text = `after stop ${randomUUID()}`;
      await subject.peer.sendText(text);
      const probe = await start(host);
      await probe.host.waitFor('message.upserted', (one) => one.message.text === text);
      expect(host.events).toHaveLength(count);
    });

    it('refuses to send when stopped, in a way that can be tried again', async () => {
      const { session, host } = await start();
      const conversationId = await subject.conversation(session, host);
      await session.stop();
      await expect(session.send(message(conversationId, 'nobody there'))).rejects.toBeInstanceOf(BridgeError);
    });

    it('loads a page of older messages and an end', async () => {
      const { session, host } = await start();
      const conversationId = await subject.conversation(session, host);
      if (!session.history) return expect(session.capabilities(conversationId).canLoadOlder).toBe(false);
      let cursor: string | null = null;
      for (let pages = 0; pages < 50; pages += 1) {
        const page = await session.history.loadOlder(conversationId, cursor, null, 100);
        if (!page.hasMore) return expect(page.cursor).toBeNull();
        expect(page.cursor).not.toBe(cursor);
        cursor = page.cursor;
      }
      throw new Error('history never ended');
    });

    it('tells capabilities that agree with its abilities', async () => {
      const { session, host } = await start();
      const capabilities = session.capabilities(await subject.conversation(session, host));
      expect(capabilities.canSend).toBe(true);
      if (capabilities.canEdit || capabilities.canDelete) expect(session.edits).toBeDefined();
      if (capabilities.canReact) expect(session.reactions).toBeDefined();
      if (capabilities.canLoadOlder) expect(session.history).toBeDefined();
      if (capabilities.showsTyping) expect(session.typing).toBeDefined();
      if (capabilities.canSendFiles) expect(session.attachments).toBeDefined();
    });

    it('writes no secret and no text into the log', async () => {
      const { session, host } = await start();
      const out = message(await subject.conversation(session, host), `never logged ${randomUUID()}`);
      await session.send(out);
      const log = host.logLines.join('\n');
      expect(log).not.toContain(out.text);
      for (const secret of Object.values(login.secrets)) expect(log).not.toContain(secret);
    });
  });
};
