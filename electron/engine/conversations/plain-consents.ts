import { BridgeError, type BridgeSession } from '#bridge';
import type { AccountId } from '#model';
import type { ConversationId } from '#rpc';
import type { WritableDb } from '../store/database.ts';
import { conversations, type ConversationRecord } from '../store/repositories/conversations.ts';
import { securityEvents } from '../store/repositories/security-events.ts';
import { settings } from '../store/repositories/settings.ts';

/** Where a person said: unencrypted, although something encrypted was said there. Asked once, and kept until taken back. */
export interface PlainConsents {
  readonly has: (id: ConversationId) => boolean;
  /** @throws BridgeError `unsupported` where the network knows no such thing, `offline` */
  readonly give: (conversation: ConversationRecord, session: BridgeSession | null) => void;
  readonly takeBack: (conversation: ConversationRecord, session: BridgeSession | null) => void;
  /** A session knows nothing of earlier decisions: it is told before it says its first word. */
  readonly tell: (accountId: AccountId, session: BridgeSession | null) => void;
}

const prefix = 'plain-consent:';

/** Ids of conversations are never used again, so a decision can never come to stand for another conversation. */
const stored = (db: WritableDb): Set<ConversationId> =>
  new Set([...settings.read(db)].flatMap(([key, isGiven]) => (key.startsWith(prefix) && isGiven === true ? [Number(key.slice(prefix.length)) as ConversationId] : [])));

export const createPlainConsents = (db: WritableDb, now: () => number): PlainConsents => {
  const given = stored(db);
  const note = ({ accountId }: ConversationRecord, rule: string, detail: string): void =>
    securityEvents.add(db, { accountId, rule, detail, atMs: now() });
  return {
    has: (id) => given.has(id),
    give: (conversation, session) => {
      if (session === null) throw new BridgeError('offline', { detail: 'the account is not connected' });
      if (session.plainText === undefined) throw new BridgeError('unsupported');
      const { id, remoteId } = conversation;
      note(conversation, 'plain-text-allowed', `writing unencrypted to ${remoteId}`);
      settings.write(db, [[`${prefix}${id}`, true]]);
      session.plainText.allowPlain(remoteId);
      given.add(id);
    },
    takeBack: (conversation, session) => {
      const { id, remoteId } = conversation;
      given.delete(id);
      session?.plainText?.forbidPlain(remoteId);
      settings.write(db, [[`${prefix}${id}`, false]]);
      note(conversation, 'plain-text-forbidden', `no longer writing unencrypted to ${remoteId}`);
    },
    tell: (accountId, session) => {
      if (session?.plainText === undefined) return;
      for (const id of given) {
        const conversation = conversations.get(db, id);
        if (conversation?.accountId === accountId) session.plainText.allowPlain(conversation.remoteId);
      }
    },
  };
};
