// needs: nothing
import { expect, it } from 'vitest';
import type { BridgeSession } from '#bridge';
import { createPlainConsents } from '../../../electron/engine/conversations/plain-consents.ts';
import { conversations } from '../../../electron/engine/store/repositories/conversations.ts';
import { securityEvents } from '../../../electron/engine/store/repositories/security-events.ts';
import { noonMs, TestStore } from '../store/kit/test-store.ts';

it('a consent is written down before anything is allowed, and forgotten with the program', () => {
  const store = new TestStore();
  const conversation = conversations.get(store.db, store.conversationId());
  if (conversation === null) throw new Error('no conversation');
  const allowed: string[] = [];
  const session = { plainText: { allowPlain: (id: string) => allowed.push(`${id} after ${securityEvents.list(store.db, 5).length}`) } } as unknown as BridgeSession;
  const consents = createPlainConsents(store.db, () => noonMs);
  expect(() => consents.give(conversation, null)).toThrow();
  expect(() => consents.give(conversation, {} as BridgeSession)).toThrow('unsupported');
  expect(consents.has(conversation.id)).toBe(false);
  expect(securityEvents.list(store.db, 5)).toEqual([]);

  consents.give(conversation, session);
  expect(consents.has(conversation.id)).toBe(true);
  expect(allowed).toEqual(['marta@levante.example after 1']);
  expect(securityEvents.list(store.db, 5)[0]).toMatchObject({ rule: 'plain-text-allowed', accountId: store.accountId, atMs: noonMs });
  expect(createPlainConsents(store.db, () => noonMs).has(conversation.id)).toBe(false);
});
