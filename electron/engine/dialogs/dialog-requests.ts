import type { DialogRequest } from '#bridge';
import type { AccountId } from '#model';
import { notFound } from '../rpc/rpc-failure.ts';
import type { WritableDb } from '../store/database.ts';
import { conversations } from '../store/repositories/conversations.ts';
import type { BridgeSubject } from './dialog-desk.ts';

/** Turns what the interface asks for into what a bridge is asked: our ids become its own. */
export const createDialogRequests =
  (db: WritableDb) =>
  (accountId: AccountId, subject: BridgeSubject): DialogRequest => {
    switch (subject.kind) {
      case 'configure-room':
      case 'register-with-room': {
        const conversation = conversations.get(db, subject.conversationId);
        if (conversation === null || conversation.accountId !== accountId) throw notFound('conversation');
        return { kind: subject.kind, conversationId: conversation.remoteId };
      }
      case 'register':
      case 'unregister':
      case 'search':
      case 'address-prompt':
        return { kind: subject.kind, address: subject.address.trim() };
      default:
        return subject;
    }
  };
