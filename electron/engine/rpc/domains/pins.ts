import { BridgeError, type BridgeSession } from '#bridge';
import type { AccountId } from '#model';
import type { MessageId } from '#rpc';
import { capabilitiesOf } from '../../conversations/capabilities-of.ts';
import type { FetchMessage } from '../../conversations/fetch-message.ts';
import type { ReadableDb } from '../../store/database.ts';
import { readMessageRows } from '../../store/read-message-page.ts';
import { conversations } from '../../store/repositories/conversations.ts';
import { messages } from '../../store/repositories/messages.ts';
import { pins } from '../../store/repositories/pins.ts';
import type { DomainHandlers } from '../handlers.ts';
import { RpcFailure, notFound } from '../rpc-failure.ts';

export interface PinHandlerDeps {
  readonly db: ReadableDb;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  readonly fetchMessage: FetchMessage;
}

/** So many that are not here are asked for at a time. */
const mostFetched = 20;

export const createPinHandlers = ({ db, sessionOf, fetchMessage }: PinHandlerDeps): DomainHandlers<'pins'> => ({
  'pins.list': async ({ conversationId }) => {
    if (conversations.get(db, conversationId) === null) throw notFound('conversation');
    const known = pins.of(db, conversationId);
    for (const { remoteId } of known.filter(({ messageId }) => messageId === null).slice(0, mostFetched)) {
      await fetchMessage(conversationId, remoteId).catch(() => null);
    }
    const ids = pins.of(db, conversationId).flatMap(({ messageId }) => messageId ?? []);
    const byId = new Map(readMessageRows(db, ids).map((row) => [row.id, row]));
    const rows = ids.flatMap((id: MessageId) => byId.get(id) ?? []).filter(({ deletedAtMs }) => deletedAtMs === null);
    return { rows, missingCount: known.length - rows.length };
  },
  'pins.set': async ({ id, isPinned }) => {
    const message = messages.get(db, id);
    const conversation = message === null ? null : conversations.get(db, message.conversationId);
    if (message === null || conversation === null) throw notFound('message');
    if (message.remoteId === null) throw new RpcFailure('not-possible', 'the message has not gone out');
    const session = sessionOf(conversation.accountId);
    if (session === null) throw new BridgeError('offline', { detail: 'the account is not connected' });
    if (session.pins === undefined) throw new BridgeError('unsupported');
    if (capabilitiesOf(conversation, session).canPin !== true) throw new BridgeError('forbidden', { detail: 'not ours to pin' });
    const target = { conversationId: conversation.remoteId, remoteId: message.remoteId, alternateId: message.alternateId ?? undefined };
    await (isPinned ? session.pins.pin(target) : session.pins.unpin(target));
    return { isPinned };
  },
});
