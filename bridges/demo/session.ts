import { open } from 'node:fs/promises';
import {
  BridgeError,
  type BridgeAccount,
  type BridgeEvent,
  type BridgeHost,
  type BridgeSession,
  type Json,
  type MessageTarget,
} from '#bridge';
import {
  remoteMessageId,
  type ConversationCapabilities,
  type OutgoingMessage,
  type RemoteConversationId,
  type RemoteMessageId,
} from '#model';
import { conversations, type DemoConversation } from './conversations.ts';
import { demoFileBytes, isDemoFileName } from './files.ts';
import { archivePage } from './history.ts';
import type { DemoNetwork } from './network.ts';
import { answers, people, self, type DemoPerson } from './people.ts';
import { firstSync, presenceOfAll } from './receive.ts';

export interface DemoTiming {
  /** How long a contact thinks before it answers. */
  readonly answerDelayMs: number;
  readonly now: () => number;
}

const capabilities: ConversationCapabilities = {
  canSend: true,
  canReply: true,
  canReact: true,
  canEdit: true,
  canDelete: true,
  canSendFiles: true,
  maxFileBytes: 20 * 1024 * 1024,
  showsDelivery: true,
  showsRead: true,
  showsTyping: true,
  canLoadOlder: true,
  filesFromOwnServer: true,
};

/** When the account was added; kept so that the scripted past does not move with every start. */
const savedSince = (savedState: Json | null): number | null => {
  const isRecord = typeof savedState === 'object' && savedState !== null && !Array.isArray(savedState);
  const sinceMs = isRecord ? (savedState as { readonly [key: string]: Json })['sinceMs'] : null;
  return typeof sinceMs === 'number' ? sinceMs : null;
};

const find = (id: RemoteConversationId): DemoConversation => {
  const found = conversations.find((conversation) => conversation.id === id);
  if (!found) throw new BridgeError('not-found', { detail: 'no such sample conversation' });
  return found;
};

/** Stable per message, so that a restart in the middle never makes a second answer. */
const sentId = (message: OutgoingMessage): RemoteMessageId => remoteMessageId(`sent-${message.transactionId}`);
const answerId = (message: OutgoingMessage): RemoteMessageId => remoteMessageId(`answer-${message.transactionId}`);

const answerText = (who: DemoPerson, message: OutgoingMessage): string => {
  const lines = answers[who.language];
  const isQuestion = message.text.includes('?');
  const index = isQuestion ? 0 : 1 + ([...message.text].length % (lines.length - 1));
  return lines[index] ?? lines[0] ?? '';
};

export const openDemoSession = (
  _account: BridgeAccount,
  savedState: Json | null,
  host: BridgeHost,
  network: DemoNetwork,
  timing: DemoTiming,
): BridgeSession => {
  let sinceMs = savedSince(savedState) ?? timing.now();
  let isStopped = true;
  const timers = new Set<ReturnType<typeof setTimeout>>();

  const emit = (events: readonly BridgeEvent[]): void => {
    host.emit(events).catch((error: unknown) => host.log.warn('sample event refused', { error: String(error) }));
  };

  const later = (delayMs: number, events: () => readonly BridgeEvent[]): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (!isStopped) emit(events());
    }, delayMs);
    timers.add(timer);
  };

  /** Typing, the tick marks, then an answer: what a patient contact does. */
  const scheduleAnswer = (message: OutgoingMessage): void => {
    const conversation = find(message.conversationId);
    const who = conversation.members[[...message.text].length % conversation.members.length] ?? people.marta;
    const { conversationId } = message;
    const step = timing.answerDelayMs / 3;
    const receipt = (kind: 'delivered' | 'read'): BridgeEvent => ({
      type: 'receipt.upserted',
      conversationId,
      personId: who.id,
      kind,
      scope: 'upTo',
      target: sentId(message),
      atMs: timing.now(),
    });
    later(step, () => [receipt('delivered')]);
    later(step * 2, () => [receipt('read'), { type: 'typing', conversationId, personId: who.id, isTyping: true }]);
    later(step * 3, () => [
      { type: 'typing', conversationId, personId: who.id, isTyping: false },
      {
        type: 'message.upserted',
        origin: 'live',
        message: {
          conversationId,
          remoteId: answerId(message),
          senderId: who.id,
          isOwn: false,
          kind: 'message',
          text: answerText(who, message),
          sentAtMs: timing.now(),
        },
      },
    ]);
  };

  const patchOwn = async (target: MessageTarget, event: BridgeEvent): Promise<void> => {
    find(target.conversationId);
    await host.emit([event]);
  };

  return {
    async start() {
      isStopped = false;
      const isFirst = savedSince(savedState) === null;
      if (isFirst) sinceMs = timing.now();
      await host.emit(isFirst ? firstSync(conversations, sinceMs) : [], { sinceMs });
      const missed = network.connect((message) => emit([{ type: 'message.upserted', message, origin: 'live' }]));
      await host.emit([
        ...missed.map((message): BridgeEvent => ({ type: 'message.upserted', message, origin: 'catchup' })),
        ...presenceOfAll(),
        { type: 'state', connection: 'online' },
      ]);
    },
    async stop() {
      isStopped = true;
      network.disconnect();
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
    reconnect() {},
    async send(message) {
      if (isStopped) throw new BridgeError('offline');
      find(message.conversationId);
      if (network.take(message)) scheduleAnswer(message);
      return { remoteId: sentId(message), sentAtMs: timing.now() };
    },
    async loadConversation(id) {
      const conversation = find(id);
      return {
        remoteId: id,
        kind: conversation.kind,
        title: conversation.title,
        security: 'plain',
        membership: 'joined',
        peerId: conversation.kind === 'direct' ? conversation.members[0]?.id : undefined,
      };
    },
    async loadPerson(id) {
      const known = Object.values(people).find((person) => person.id === id);
      if (!known) throw new BridgeError('not-found');
      return { remoteId: known.id, displayName: known.name, handle: known.handle };
    },
    capabilities: () => capabilities,
    history: {
      async loadOlder(conversationId, cursor, _oldestKnown, limit) {
        const { events, page } = archivePage(find(conversationId), cursor, limit, sinceMs);
        await host.emit(events);
        return page;
      },
    },
    edits: {
      edit: (target, text) =>
        patchOwn(target, {
          type: 'message.patched',
          conversationId: target.conversationId,
          target: target.remoteId,
          by: self.id,
          patch: { text, editedAtMs: timing.now() },
        }),
      delete: (target) =>
        patchOwn(target, {
          type: 'message.deleted',
          conversationId: target.conversationId,
          target: target.remoteId,
          by: self.id,
          deletedAtMs: timing.now(),
        }),
    },
    reactions: {
      react: (target, emojis) =>
        patchOwn(target, {
          type: 'reactions.replaced',
          conversationId: target.conversationId,
          target: target.remoteId,
          personId: self.id,
          emojis,
        }),
    },
    receipts: { async markRead() {} },
    typing: { async setTyping() {} },
    attachments: {
      async download(attachment, path) {
        if (!isDemoFileName(attachment.source)) throw new BridgeError('not-found');
        // `wx`: never writes through a file or link that is already there.
        const file = await open(path, 'wx', 0o600);
        try {
          await file.writeFile(demoFileBytes(attachment.source));
        } finally {
          await file.close();
        }
      },
    },
    directory: {
      async startConversation(address) {
        const wanted = address.trim().toLowerCase();
        const known = Object.values(people).find(
          (person) => person.handle === wanted || person.email === wanted || person.phone === wanted,
        );
        if (!known) throw new BridgeError('wrong-address', { detail: 'sample people only: try marta@demo' });
        const conversation = conversations.find((one) => one.kind === 'direct' && one.members[0]?.id === known.id);
        if (!conversation) throw new BridgeError('not-found');
        return conversation.id;
      },
    },
  };
};
