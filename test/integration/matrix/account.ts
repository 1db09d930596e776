/** Our own account on a lab Synapse, as the engine would run it. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BridgeAccount, BridgeSession, LoginResult } from '#bridge';
import { accountId, type OutgoingMessage, remoteConversationId, transactionId } from '#model';
import { matrixBridge } from '../../../bridges/matrix/index.ts';
import { createFakeHost, type FakeHost } from '../../kit/fake-host.ts';

export interface OwnAccount {
  readonly login: LoginResult;
  readonly account: BridgeAccount;
  readonly host: FakeHost;
  readonly session: BridgeSession;
  /** Ends the session and opens a new one on the same data; events start from nothing. */
  restart(): Promise<OwnAccount>;
  stop(): Promise<void>;
}

const open = (login: LoginResult, dataDir: string, before: FakeHost | null): OwnAccount => {
  const secrets = before === null ? login.secrets : Object.fromEntries(before.secretValues);
  const host = createFakeHost({ secrets, dataDir });
  const account = { id: accountId(1), address: login.address, displayName: login.displayName, settings: login.settings };
  const session = matrixBridge.open(account, before?.savedState ?? null, host);
  return {
    login,
    account,
    host,
    session,
    async restart() {
      await session.stop();
      return open(login, dataDir, host);
    },
    async stop() {
      await session.stop();
      host.dispose();
    },
  };
};

/** Signs in at `server` and opens a session; `start` is up to the test. */
export const openAccount = async (server: string, address: string, password: string): Promise<OwnAccount> => {
  const login = await matrixBridge.login('password', { address, password, server }, new AbortController().signal);
  return open(login, mkdtempSync(join(tmpdir(), 'palomar-matrix-')), null);
};

/** A text to send. */
export const outgoing = (roomId: string, text: string, transaction: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  conversationId: remoteConversationId(roomId),
  transactionId: transactionId(transaction),
  text,
  writtenAtMs: Date.now(),
  ...more,
});
