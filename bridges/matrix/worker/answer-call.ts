/** Finds the function behind a call of the session. */
import { readHealth } from '../crypto/health.ts';
import { exportKeys } from '../crypto/key-file.ts';
import { readDevicePolicy } from '../crypto/device-policy.ts';
import { countUnverified, trustOf } from '../crypto/trust.ts';
import { readWarnings } from '../crypto/warnings.ts';
import type { AccountContext } from './account-context.ts';
import { deleteMessage, editMessage } from './calls/edit-message.ts';
import { loadConversation, loadPerson } from './calls/load.ts';
import { loadOlder } from './calls/load-older.ts';
import { loadMessage, loadThread } from './calls/load-thread.ts';
import { createPoll, endPoll, vote } from './calls/polls.ts';
import { accept, leave } from './calls/membership.ts';
import { markRead, setTyping } from './calls/presence-in-room.ts';
import { react } from './calls/react.ts';
import { sendMessage } from './calls/send-message.ts';
import { takeKeys } from './calls/take-keys.ts';
import { startConversation } from './calls/start-conversation.ts';
import { downloadMedia } from './media.ts';
import { peopleCalls } from './people-calls.ts';
import type { AccountCalls } from './protocol.ts';
import { roomCalls } from './room-calls.ts';
import { serviceCalls } from './service-calls.ts';

/** The calls of one account; `signal` is aborted when the engine gives this one up. */
export const accountCalls = (context: AccountContext, signal: AbortSignal): AccountCalls => ({
  ...roomCalls(context, signal),
  ...peopleCalls(context, signal),
  ...serviceCalls(context, signal),
  send: (message) => sendMessage(context, message, signal),
  edit: (target, text, id) => editMessage(context, target, text, id),
  delete: (target, id) => deleteMessage(context, target, id),
  react: (target, emojis, id) => react(context, target, emojis, id),
  markRead: (target, isShared, within) => markRead(context, target, isShared, within),
  loadMessage: (conversationId, id) => loadMessage(context, conversationId, id),
  loadThread: (conversationId, root, cursor, limit) => loadThread(context, conversationId, root, cursor, limit),
  vote: (target, choices, id) => vote(context, target, choices, id),
  endPoll: (target, id) => endPoll(context, target, id),
  createPoll: (conversationId, poll, id) => createPoll(context, conversationId, poll, id),
  setTyping: (conversationId, isTyping) => setTyping(context, conversationId, isTyping),
  download: ({ source }, path, maxBytes) => downloadMedia(context.api, context.baseUrl, source, path, maxBytes, signal),
  loadOlder: (conversationId, cursor, oldestKnown, limit) => loadOlder(context, conversationId, cursor, oldestKnown, limit),
  startConversation: (address) => startConversation(context, address),
  accept: (conversationId) => accept(context, conversationId),
  leave: (conversationId) => leave(context, conversationId),
  loadConversation: async (conversationId) => loadConversation(context, conversationId),
  loadPerson: (personId) => loadPerson(context, personId),
  encryptionHealth: () => readHealth(context),
  exportKeys: (passphrase) => exportKeys(context.crypto().backend, passphrase),
  importKeys: (path, passphrase) => takeKeys(context, path, passphrase),
  personTrust: (userId) => trustOf(context.crypto().backend, userId),
  unverifiedDevices: async (userId) => ({ count: await countUnverified(context.crypto().backend, [userId], true), devicePolicy: readDevicePolicy(context.store.settings) }),
  encryptionWarnings: (conversationId) => readWarnings(context, conversationId),
  openTask: (task) => context.tasks.open(task),
  answerTask: (id, action, values) => context.tasks.answer(id, action, values),
  waitTask: (id) => context.tasks.wait(id),
  closeTask: (id) => context.tasks.close(id),
});
