/** When devices or identities of people change, the signs beside their messages are looked at again. */
import type { MatrixClient } from 'matrix-js-sdk';
import { CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { conversationOf, messageOf } from '../ids.ts';
import type { AccountContext } from '../worker/account-context.ts';
import { proofOf } from './proof.ts';

/** Older ones keep the sign they have. */
const mostAtOnce = 100;
/** News of devices come in bunches. */
const quietMs = 500;

/** @returns the way to stop */
export const watchShields = (client: MatrixClient, context: AccountContext): (() => void) => {
  const people = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();

  const lookAgain = async (userId: string): Promise<void> => {
    const { store, api, closing } = context;
    for (const { eventId, roomId, shield } of store.shielded.by(userId, mostAtOnce)) {
      const raw = await api.get(['rooms', roomId, 'event', eventId]);
      const result = await context.crypto().decrypt(roomId, raw);
      if (closing.aborted) return;
      const proof = result.isClear ? proofOf(result.raw) : null;
      if (proof === null || proof.shield === shield) continue;
      store.transaction(() => {
        if (proof.shield === null) store.shielded.remove(eventId);
        else store.shielded.put({ eventId, roomId, sender: userId, shield: proof.shield });
        void context.publish([{ type: 'message.shielded', conversationId: conversationOf(roomId), messageId: messageOf(eventId), shield: proof.shield }]);
      });
    }
  };

  const look = (): void => {
    timer = undefined;
    const wanted = [...people];
    people.clear();
    // What the server cannot tell now is looked at with the next change.
    for (const userId of wanted) last = last.then(() => lookAgain(userId)).catch(() => undefined);
  };
  const note = (userIds: readonly string[]): void => {
    for (const userId of userIds) people.add(userId);
    timer ??= setTimeout(look, quietMs);
  };
  const onDevices = (userIds: string[]): void => note(userIds);
  const onTrust = (userId: string): void => note([userId]);

  client.on(CryptoEvent.DevicesUpdated, onDevices);
  client.on(CryptoEvent.UserTrustStatusChanged, onTrust);
  return () => {
    clearTimeout(timer);
    client.off(CryptoEvent.DevicesUpdated, onDevices);
    client.off(CryptoEvent.UserTrustStatusChanged, onTrust);
  };
};
