/**
 * Runtime checks of every method's input: the renderer is hostile territory. Sizes are bounded here so that
 * no handler has to think about a megabyte of search text.
 */
import { z } from 'zod';
import type { RpcInput, RpcMethod } from './rpc.ts';

const rowId = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const limit = z.number().int().min(1).max(500);
const empty = z.strictObject({});
const shortText = z.string().max(2_000);
const messageText = z.string().max(262_144);
/** Field names come from our own manifests; values from a person. */
const formValues = z
  .record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,39}$/), z.string().max(8_192))
  .refine((values) => Object.keys(values).length <= 40);
const anchor = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('newest') }),
  z.strictObject({ kind: z.literal('before'), id: rowId }),
  z.strictObject({ kind: z.literal('after'), id: rowId }),
  z.strictObject({ kind: z.literal('around'), id: rowId }),
]);
const slug = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
const passphrase = z.string().min(1).max(1_024);
const emoji = z.string().min(1).max(64);
const stagedId = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);
const onlyId = z.strictObject({ id: rowId });

const settingsPatch = z.strictObject({
  locale: z.enum(['system', 'en', 'es', 'et']).optional(),
  theme: z.enum(['system', 'light', 'dark', 'contrast']).optional(),
  closesToTray: z.boolean().optional(),
  notifications: z.enum(['full', 'name-only', 'off']).optional(),
  isWelcomeDone: z.boolean().optional(),
  sendsReadReceipts: z.boolean().optional(),
  sendsTyping: z.boolean().optional(),
});

export const rpcSchemas: { readonly [Method in RpcMethod]: z.ZodType } = {
  'app.start': empty,
  'settings.set': z.strictObject({ patch: settingsPatch }),
  'vault.create': z.strictObject({ passphrase: passphrase.min(8) }),
  'vault.unlock': z.strictObject({ passphrase }),
  'accounts.add': z.strictObject({ bridgeId: slug, flowId: slug, values: formValues }),
  'accounts.renew': z.strictObject({ id: rowId, values: formValues }),
  'accounts.update': z.strictObject({
    id: rowId,
    patch: z.strictObject({
      label: z.string().max(60).nullable().optional(),
      color: z.number().int().min(0).max(7).optional(),
      isEnabled: z.boolean().optional(),
    }),
  }),
  'accounts.remove': onlyId,
  'accounts.reconnect': onlyId,
  'conversations.list': z.strictObject({
    filter: z.strictObject({
      isUnread: z.boolean().optional(),
      accountId: rowId.optional(),
      text: z.string().max(200).optional(),
      hasUnpushed: z.boolean().optional(),
    }),
    after: z.strictObject({ activeAtMs: z.number().int(), id: rowId }).nullable(),
    limit,
  }),
  'conversations.get': z.strictObject({ ids: z.array(rowId).max(500) }),
  'conversations.open': z.strictObject({ id: rowId, anchor, limit }),
  'conversations.detail': onlyId,
  'conversations.markRead': z.strictObject({ id: rowId, upTo: rowId }),
  'conversations.setDraft': z.strictObject({ id: rowId, text: messageText }),
  'conversations.setTyping': z.strictObject({ id: rowId, isTyping: z.boolean() }),
  'conversations.setMuted': z.strictObject({ id: rowId, isMuted: z.boolean() }),
  'conversations.start': z.strictObject({ accountId: rowId, address: shortText.min(1) }),
  'conversations.accept': onlyId,
  'conversations.leave': onlyId,
  'messages.page': z.strictObject({ conversationId: rowId, anchor, limit }),
  'messages.get': z.strictObject({ ids: z.array(rowId).max(500) }),
  'messages.loadOlder': z.strictObject({ conversationId: rowId, before: rowId.nullable() }),
  'messages.send': z.strictObject({
    conversationId: rowId,
    clientId: z.uuid(),
    text: messageText,
    replyToId: rowId.nullable(),
    files: z.array(stagedId).max(20),
  }),
  'messages.retry': onlyId,
  'messages.discard': onlyId,
  'messages.edit': z.strictObject({ id: rowId, text: messageText.min(1) }),
  'messages.delete': onlyId,
  'messages.react': z.strictObject({ id: rowId, emoji, isOn: z.boolean() }),
  'files.fetch': z.strictObject({ attachmentId: rowId }),
  'files.unstage': z.strictObject({ id: stagedId }),
  'search.messages': z.strictObject({
    query: z.string().max(500),
    conversationId: rowId.nullable(),
    before: rowId.nullable(),
    limit,
  }),
  'crm.connectors': empty,
  'crm.connections': empty,
  'crm.connect': z.strictObject({ connectorId: slug, name: z.string().min(1).max(60), values: formValues }),
  'crm.probe': onlyId,
  'crm.updateConnection': z.strictObject({
    id: rowId,
    patch: z.strictObject({
      name: z.string().min(1).max(60).optional(),
      isDefault: z.boolean().optional(),
      isOneClick: z.boolean().optional(),
    }),
  }),
  'crm.renew': z.strictObject({ id: rowId, values: formValues }),
  'crm.disconnect': onlyId,
  'crm.plan': z.strictObject({ conversationId: rowId, connectionId: rowId.nullable() }),
  'crm.push': z.strictObject({
    planId: z.string().max(64),
    targetKey: z.string().max(512),
    rememberOneClick: z.boolean(),
  }),
  'crm.pushNow': z.strictObject({ conversationId: rowId, connectionId: rowId.nullable() }),
  'crm.cancel': onlyId,
  'crm.retry': onlyId,
  'crm.withdraw': onlyId,
  'crm.queue': z.strictObject({ limit }),
  'crm.summary': z.strictObject({ conversationId: rowId }),
};

export type InputCheck<Method extends RpcMethod> =
  | { readonly isValid: true; readonly input: RpcInput<Method> }
  | { readonly isValid: false; readonly reason: string };

/** Checks untrusted input; `reason` names the field, never its value. */
export const checkInput = <Method extends RpcMethod>(method: Method, input: unknown): InputCheck<Method> => {
  const result = rpcSchemas[method].safeParse(input);
  if (result.success) return { isValid: true, input: result.data as RpcInput<Method> };
  const issue = result.error.issues[0];
  return { isValid: false, reason: `${issue?.path.join('.') ?? ''} ${issue?.code ?? 'invalid'}`.trim() };
};

export const isRpcMethod = (name: string): name is RpcMethod => Object.hasOwn(rpcSchemas, name);
