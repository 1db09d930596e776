/** Verifications that others began: kept until they are answered or over. */
import { CryptoEvent, VerificationPhase, VerificationRequestEvent, type VerificationRequest } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { MatrixClient } from 'matrix-js-sdk';

export interface RequestNews {
  readonly requestId: string;
  readonly userId: string;
  readonly deviceId: string | null;
  /** False once it is over, whoever ended it. */
  readonly isOpen: boolean;
}

export interface VerificationRequests {
  find(requestId: string): VerificationRequest | null;
  stop(): void;
}

const mostRequests = 20;

export const watchVerificationRequests = (client: MatrixClient, onNews: (news: RequestNews) => void): VerificationRequests => {
  const open = new Map<string, VerificationRequest>();
  const receive = (request: VerificationRequest): void => {
    const requestId = request.transactionId;
    if (requestId === undefined || request.initiatedByMe || open.size >= mostRequests) return;
    const news = { requestId, userId: request.otherUserId, deviceId: request.otherDeviceId ?? null };
    open.set(requestId, request);
    onNews({ ...news, isOpen: true });
    const follow = (): void => {
      if (request.phase !== VerificationPhase.Done && request.phase !== VerificationPhase.Cancelled) return;
      request.off(VerificationRequestEvent.Change, follow);
      open.delete(requestId);
      onNews({ ...news, isOpen: false });
    };
    request.on(VerificationRequestEvent.Change, follow);
    follow();
  };
  client.on(CryptoEvent.VerificationRequestReceived, receive);
  return {
    find: (requestId) => open.get(requestId) ?? null,
    stop() {
      client.off(CryptoEvent.VerificationRequestReceived, receive);
      open.clear();
    },
  };
};
