/** Runtime checks of every method's input: the renderer is hostile territory. */
import { z } from 'zod';
import { encryptionSchemas } from './methods/encryption-schemas.ts';
import { crmSchemas } from './methods/crm-schemas.ts';
import { followUpSchemas } from './methods/follow-up-schemas.ts';
import { messageSchemas } from './methods/messages-schemas.ts';
import { folderSchemas } from './methods/folders-schemas.ts';
import { diagnosticsSchemas } from './methods/diagnostics-schemas.ts';
import { peopleSchemas } from './methods/people-schemas.ts';
import { pinSchemas } from './methods/pins-schemas.ts';
import { pollSchemas } from './methods/polls-schemas.ts';
import { roomSchemas } from './methods/rooms-schemas.ts';
import { threadSchemas } from './methods/threads-schemas.ts';
import { dialogSchemas } from './methods/dialogs-schemas.ts';
import { serviceSchemas } from './methods/services-schemas.ts';
import { rowId, limit, empty, shortText, messageText, formValues, anchor, slug, passphrase, emoji, stagedId, onlyId } from './methods/fields.ts';
import type { RpcInput, RpcMethod, RpcMethods } from './rpc.ts';
import type { SchemasOf } from './methods/schemas-of.ts';

const place = z.number().int().min(0).max(300_000);

const settingsPatch = () => z.strictObject({
  locale: z.enum(['system', 'en', 'es', 'et']).optional(),
  theme: z.enum(['system', 'light', 'dark', 'contrast']).optional(),
  closesToTray: z.boolean().optional(),
  notifications: z.enum(['full', 'name-only', 'off']).optional(),
  isWelcomeDone: z.boolean().optional(),
  sendsReadReceipts: z.boolean().optional(),
  sendsRoomReceipts: z.boolean().optional(),
  sendsTyping: z.boolean().optional(),
  showsStyling: z.boolean().optional(),
  presence: z.enum(['online', 'away', 'busy', 'offline']).optional(),
  statusText: z.string().max(200).optional(),
  awayAfterMinutes: z.number().int().min(0).max(240).optional(),
  pushUndoSeconds: z.number().int().min(0).max(60).optional(),
});

const makers: SchemasOf<RpcMethods> = {
  'app.start': () => empty,
  'app.setActive': () => z.strictObject({ isActive: z.boolean() }),
  'settings.set': () => z.strictObject({ patch: settingsPatch() }),
  'vault.create': () => z.strictObject({ passphrase: passphrase.min(8) }),
  'vault.unlock': () => z.strictObject({ passphrase }),
  'vault.startOver': () => z.strictObject({ passphrase: passphrase.min(8) }),
  'accounts.add': () => z.strictObject({ bridgeId: slug, flowId: slug, values: formValues }),
  'accounts.renew': () => z.strictObject({ id: rowId, values: formValues }),
  'accounts.update': () => z.strictObject({
    id: rowId,
    patch: z.strictObject({
      label: z.string().max(60).nullable().optional(),
      color: z.number().int().min(0).max(7).optional(),
      isEnabled: z.boolean().optional(),
    }),
  }),
  'accounts.remove': () => onlyId,
  'accounts.reconnect': () => onlyId,
  'conversations.list': () => z.strictObject({
    filter: z.strictObject({
      isUnread: z.boolean().optional(),
      folderId: rowId.optional(),
      accountId: rowId.optional(),
      text: z.string().max(200).optional(),
      hasUnpushed: z.boolean().optional(),
      isPushed: z.boolean().optional(),
      isDone: z.boolean().optional(),
      isRequest: z.boolean().optional(),
    }),
    after: z.strictObject({ isPinned: z.boolean(), activeAtMs: z.number().int(), id: rowId }).nullable(),
    limit,
  }),
  'conversations.get': () => z.strictObject({ ids: z.array(rowId).max(500) }),
  'conversations.open': () => z.strictObject({ id: rowId, anchor, limit }),
  'conversations.detail': () => onlyId,
  'conversations.markRead': () => z.strictObject({ id: rowId, upTo: rowId }),
  'conversations.setDraft': () => z.strictObject({ id: rowId, text: messageText }),
  'conversations.setTyping': () => z.strictObject({ id: rowId, isTyping: z.boolean() }),
  'conversations.setMuted': () => z.strictObject({ id: rowId, isMuted: z.boolean() }),
  'conversations.start': () => z.strictObject({ accountId: rowId, address: shortText.min(1) }),
  'conversations.accept': () => onlyId,
  'conversations.leave': () => onlyId,
  'messages.page': () => z.strictObject({ conversationId: rowId, anchor, limit }),
  'messages.get': () => z.strictObject({ ids: z.array(rowId).max(500) }),
  'messages.loadOlder': () => z.strictObject({ conversationId: rowId, before: rowId.nullable() }),
  'messages.send': () => z.strictObject({
    conversationId: rowId,
    clientId: z.uuid(),
    text: messageText,
    replyToId: rowId.nullable(),
    threadId: rowId.nullable().optional(),
    files: z.array(stagedId).max(20),
    mentions: z.array(z.strictObject({ personId: rowId, start: place, end: place })).max(50).optional(),
    hints: z.strictObject({ spoiler: z.string().max(200).optional(), lifetimeMs: z.number().int().min(1_000).max(315_360_000_000).optional() }).optional(),
  }),
  'messages.retry': () => onlyId,
  'messages.discard': () => onlyId,
  'messages.edit': () => z.strictObject({ id: rowId, text: messageText.min(1) }),
  'messages.delete': () => onlyId,
  'messages.react': () => z.strictObject({ id: rowId, emoji, isOn: z.boolean() }),
  'files.fetch': () => z.strictObject({ attachmentId: rowId }),
  'files.unstage': () => z.strictObject({ id: stagedId }),
  'search.messages': () => z.strictObject({
    query: z.string().max(500),
    conversationId: rowId.nullable(),
    before: rowId.nullable(),
    limit,
  }),
  ...crmSchemas,
  ...followUpSchemas,
  ...encryptionSchemas,
  ...messageSchemas,
  ...diagnosticsSchemas,
  ...folderSchemas,
  ...peopleSchemas,
  ...roomSchemas,
  ...pinSchemas,
  ...pollSchemas,
  ...threadSchemas,
  ...dialogSchemas,
  ...serviceSchemas,
};

const made = new Map<RpcMethod, z.ZodType>();

/** The check of a method's input; made once. */
export const schemaOf = (method: RpcMethod): z.ZodType => {
  const known = made.get(method) ?? makers[method]();
  made.set(method, known);
  return known;
};

export const rpcMethods = Object.keys(makers) as readonly RpcMethod[];

export type InputCheck<Method extends RpcMethod> =
  | { readonly isValid: true; readonly input: RpcInput<Method> }
  | { readonly isValid: false; readonly reason: string };

/** Checks untrusted input; `reason` names the field, never its value. */
export const checkInput = <Method extends RpcMethod>(method: Method, input: unknown): InputCheck<Method> => {
  const result = schemaOf(method).safeParse(input);
  if (result.success) return { isValid: true, input: result.data as RpcInput<Method> };
  const issue = result.error.issues[0];
  return { isValid: false, reason: `${issue?.path.join('.') ?? ''} ${issue?.code ?? 'invalid'}`.trim() };
};

export const isRpcMethod = (name: string): name is RpcMethod => Object.hasOwn(makers, name);
