// needs: nothing
import { expect, it } from 'vitest';
import type { BridgeSession } from '#bridge';
import { accountId } from '#model';
import { createPlainConsents } from '../../../electron/engine/conversations/plain-consents.ts';
import { conversations } from '../../../electron/engine/store/repositories/conversations.ts';
import { securityEvents } from '../../../electron/engine/store/repositories/security-events.ts';
import { noonMs, TestStore } from '../store/kit/test-store.ts';

it('a consent is written down before anything is allowed, kept over a restart, told to the next session, and taken back', () => {
  const store = new TestStore();
  const conversation = conversations.get(store.db, store.conversationId());
  if (conversation === null) throw new Error('no conversation');
  const words: string[] = [];
  const session = {
    plainText: {
      allowPlain: (id: string) => words.push(`allow ${id} after ${securityEvents.list(store.db, 5).length}`),
      forbidPlain: (id: string) => words.push(`forbid ${id}`),
    },
  } as unknown as BridgeSession;
  const consents = createPlainConsents(store.db, () => noonMs);
  expect(() => consents.give(conversation, null)).toThrow();
  expect(() => consents.give(conversation, {} as BridgeSession)).toThrow('unsupported');
  expect(consents.has(conversation.id)).toBe(false);
  expect(securityEvents.list(store.db, 5)).toEqual([]);

  consents.give(conversation, session);
  expect(consents.has(conversation.id)).toBe(true);
  expect(words.splice(0)).toEqual(['allow marta@levante.example after 1']);
  expect(securityEvents.list(store.db, 5)[0]).toMatchObject({ rule: 'plain-text-allowed', accountId: store.accountId, atMs: noonMs });

  const later = createPlainConsents(store.db, () => noonMs);
  expect(later.has(conversation.id)).toBe(true);
  later.tell(accountId(store.accountId + 1), session);
  later.tell(store.accountId, null);
  expect(words).toEqual([]);
  later.tell(store.accountId, session);
  expect(words.splice(0)).toEqual(['allow marta@levante.example after 1']);

  later.takeBack(conversation, session);
  expect(later.has(conversation.id)).toBe(false);
  expect(words.splice(0)).toEqual(['forbid marta@levante.example']);
  expect(securityEvents.list(store.db, 5)[0]).toMatchObject({ rule: 'plain-text-forbidden' });
  expect(createPlainConsents(store.db, () => noonMs).has(conversation.id)).toBe(false);
});
