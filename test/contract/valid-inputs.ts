import { randomUUID } from 'node:crypto';
import { networkId } from '#model';
import type { RpcInput, RpcMethod } from '#rpc';
import { peopleInputs } from './people-inputs.ts';
import { roomInputs } from './room-inputs.ts';
import { threadInputs } from './thread-inputs.ts';
import type { World } from './world.ts';

type Inputs = { readonly [Method in RpcMethod]: (world: World) => RpcInput<Method> | Promise<RpcInput<Method>> };

const pushed = async (world: World): Promise<RpcInput<'crm.cancel'>> => {
  const { planId, suggestedKey, options } = await world.plan();
  const targetKey = suggestedKey ?? options[0]?.key ?? '';
  return { id: (await world.client.call('crm.push', { planId, targetKey, rememberOneClick: false })).id };
};

const dialogOf = async ({ client, account }: World): Promise<RpcInput<'dialogs.close'>> => {
  const { id } = await client.call('dialogs.open', { accountId: account.id, subject: { kind: 'register', address: 'gateway.fake' } });
  return { id };
};
const signUpOf = async ({ client, account }: World): Promise<RpcInput<'dialogs.close'>> => {
  const { id } = await client.call('dialogs.signUp', { bridgeId: account.bridgeId, server: 'fake', values: {} });
  return { id };
};

/** One good input of every method; a method without one does not compile. */
export const validInputs: Inputs = {
  'app.start': () => ({}),
  'app.setActive': () => ({ isActive: true }),
  'settings.set': () => ({ patch: { theme: 'dark', locale: 'et' } }),
  'vault.create': () => ({ passphrase: 'long enough' }),
  'vault.unlock': () => ({ passphrase: 'anything' }),
  'vault.startOver': () => ({ passphrase: 'long enough' }),
  'accounts.add': ({ account }) => ({
    bridgeId: account.bridgeId,
    flowId: 'password',
    values: { address: 'second@fake', password: 'x' },
  }),
  'accounts.renew': ({ account }) => ({ id: account.id, values: { password: 'newer' } }),
  'accounts.update': ({ account }) => ({ id: account.id, patch: { label: 'Shop', color: 5 } }),
  'accounts.remove': ({ account }) => ({ id: account.id }),
  'accounts.reconnect': ({ account }) => ({ id: account.id }),
  'conversations.list': ({ account }) => ({ filter: { accountId: account.id, text: 'chat' }, after: null, limit: 50 }),
  'conversations.get': ({ chat }) => ({ ids: [chat.id] }),
  'conversations.open': ({ chat, ours }) => ({ id: chat.id, anchor: { kind: 'around', id: ours.id }, limit: 50 }),
  'conversations.detail': ({ chat }) => ({ id: chat.id }),
  'conversations.markRead': ({ chat, theirs }) => ({ id: chat.id, upTo: theirs.id }),
  'conversations.setDraft': ({ chat }) => ({ id: chat.id, text: 'half a sentence' }),
  'conversations.setTyping': ({ chat }) => ({ id: chat.id, isTyping: true }),
  'conversations.setMuted': ({ chat }) => ({ id: chat.id, isMuted: true }),
  'conversations.start': ({ account }) => ({ accountId: account.id, address: 'somebody@fake' }),
  'conversations.accept': ({ chat }) => ({ id: chat.id }),
  'conversations.leave': ({ chat }) => ({ id: chat.id }),
  'messages.page': ({ chat, ours }) => ({ conversationId: chat.id, anchor: { kind: 'before', id: ours.id }, limit: 50 }),
  'messages.get': ({ ours }) => ({ ids: [ours.id] }),
  'messages.loadOlder': ({ chat, theirs }) => ({ conversationId: chat.id, before: theirs.id }),
  'messages.send': async (world) => ({
    conversationId: world.chat.id,
    clientId: randomUUID(),
    text: 'Hello',
    replyToId: world.theirs.id,
    files: [await world.stagedFile()],
  }),
  'messages.retry': async ({ waiting }) => ({ id: (await waiting()).id }),
  'messages.discard': async ({ waiting }) => ({ id: (await waiting()).id }),
  'messages.edit': ({ ours }) => ({ id: ours.id, text: 'Better' }),
  'messages.delete': ({ ours }) => ({ id: ours.id }),
  'messages.react': ({ theirs }) => ({ id: theirs.id, emoji: '👍', isOn: true }),
  'messages.versions': ({ ours }) => ({ id: ours.id }),
  'messages.cancelUpload': ({ ours }) => ({ id: ours.id }),
  'files.setThumbnail': async ({ stagedFile }) => ({ id: await stagedFile(), thumbnail: 'data:image/png;base64,iVBORw0KGgo=' }),
  'conversations.allowPlain': ({ chat }) => ({ id: chat.id }),
  'conversations.forbidPlain': ({ chat }) => ({ id: chat.id }),
  'archive.rule': ({ account }) => ({ accountId: account.id }),
  'archive.setRule': ({ account }) => ({ accountId: account.id, rule: 'contacts' }),
  'files.fetch': ({ theirs }) => ({ attachmentId: theirs.attachments[0]?.id ?? (0 as never) }),
  'files.unstage': async ({ stagedFile }) => ({ id: await stagedFile() }),
  'search.messages': ({ chat }) => ({ query: 'hello', conversationId: chat.id, before: null, limit: 50 }),
  'files.setVoice': async ({ stagedFile }) => ({ id: await stagedFile(), durationMs: 1_500, waveform: [0, 50, 100] }),
  ...roomInputs,
  ...threadInputs,
  ...peopleInputs,
  'encryption.trust': ({ chat }) => ({ conversationId: chat.id }),
  'encryption.warnings': ({ chat }) => ({ conversationId: chat.id }),
  'encryption.health': ({ account }) => ({ accountId: account.id }),
  'encryption.exportKeys': ({ account }) => ({ accountId: account.id, passphrase: 'a long passphrase' }),
  'encryption.importKeys': async ({ account, stagedFile }) => ({ accountId: account.id, fileId: await stagedFile(), passphrase: 'a long passphrase' }),
  'folders.list': () => ({}),
  'folders.browse': ({ folderId }) => ({ id: folderId, next: null }),
  'folders.create': ({ account, folderId }) => ({ accountId: account.id, name: 'Sales', topic: '', isPublic: false, invite: ['paul@fake'], parentId: folderId }),
  'folders.places': ({ room }) => ({ conversationId: room.id }),
  'folders.canArrange': ({ folderId }) => ({ id: folderId }),
  'folders.put': ({ folderId, room }) => ({ id: folderId, entry: { conversationId: room.id } }),
  'folders.take': ({ folderId }) => ({ id: folderId, entryId: 'room' }),
  'folders.takeConversation': ({ folderId, room }) => ({ id: folderId, conversationId: room.id }),
  'folders.move': ({ folderId }) => ({ id: folderId, entryId: 'room', beforeId: null }),
  'folders.invite': ({ folderId }) => ({ id: folderId, address: 'paul@fake' }),
  'folders.leave': ({ folderId }) => ({ id: folderId }),
  'folders.join': ({ folderId }) => ({ id: folderId, address: '!room:example.org' }),
  'diagnostics.report': ({ account }) => ({ accountId: account.id }),
  'diagnostics.watch': ({ account }) => ({ accountId: account.id }),
  'diagnostics.read': ({ client, account }) => client.call('diagnostics.watch', { accountId: account.id }),
  'diagnostics.unwatch': ({ client, account }) => client.call('diagnostics.watch', { accountId: account.id }),
  'diagnostics.send': ({ account }) => ({ accountId: account.id, text: '<presence/>' }),
  'crm.connectors': () => ({}),
  'crm.connections': () => ({}),
  'crm.connect': ({ connectInput }) => connectInput(),
  'crm.beginSignIn': async ({ connectInput }) => ({ connectionId: null, ...(await connectInput()) }),
  'crm.finishSignIn': () => ({ id: randomUUID() }),
  'crm.cancelSignIn': () => ({ id: randomUUID() }),
  'crm.exportSetup': async ({ connect }) => ({ id: (await connect()).id, passphrase: 'eight or more' }),
  'crm.readSetup': async ({ client, connect }) => ({
    text: (await client.call('crm.exportSetup', { id: (await connect()).id, passphrase: 'eight or more' })).text,
  }),
  'crm.probe': async ({ connect }) => ({ id: (await connect()).id }),
  'crm.updateConnection': async ({ connect }) => ({ id: (await connect()).id, patch: { name: 'Other', isOneClick: true } }),
  'crm.renew': async ({ connect, connectInput }) => ({ id: (await connect()).id, values: (await connectInput()).values }),
  'crm.disconnect': async ({ connect }) => ({ id: (await connect()).id }),
  'crm.plan': async ({ connect, chat }) => ({ conversationId: chat.id, connectionId: (await connect()).id }),
  'crm.push': async ({ plan }) => {
    const { planId, suggestedKey, options } = await plan();
    return { planId, targetKey: suggestedKey ?? options[0]?.key ?? '', rememberOneClick: true };
  },
  'crm.pushNow': async ({ connect, chat }) => ({ conversationId: chat.id, connectionId: (await connect()).id }),
  'crm.cancel': pushed,
  'crm.retry': pushed,
  'crm.withdraw': pushed,
  'crm.queue': () => ({ limit: 10 }),
  'crm.audit': () => ({ beforeId: null, limit: 10 }),
  'crm.neverPush': ({ chat }) => ({ conversationId: chat.id }),
  'crm.setNeverPush': ({ chat }) => ({ conversationId: chat.id, scope: 'conversation', isOn: false }),
  'followUp.options': async ({ connect }) => ({ connectionId: (await connect()).id }),
  'followUp.setOptions': async ({ connect }) => ({ connectionId: (await connect()).id, options: { isPushedWhenDone: true, eveningMinute: 1080, rules: [{ network: 'xmpp', recordKind: null }] } }),
  'followUp.doneState': ({ chat }) => ({ conversationId: chat.id }),
  'followUp.setDone': ({ chat }) => ({ conversationId: chat.id, isDone: true }),
  'followUp.lost': () => ({ days: 3 }),
  'followUp.record': async ({ connect, chat }) => ({ connectionId: (await connect()).id, conversationId: chat.id }),
  'followUp.changeRecord': async ({ connect, chat }) => ({ connectionId: (await connect()).id, conversationId: chat.id, field: 'status', value: 'open' }),
  'crm.summary': ({ chat }) => ({ conversationId: chat.id }),
  'dialogs.open': ({ account }) => ({ accountId: account.id, subject: { kind: 'command', address: 'gateway.fake', node: 'configure' } }),
  'dialogs.signUp': ({ account }) => ({ bridgeId: account.bridgeId, server: 'fake', values: { port: '5222' } }),
  'dialogs.signIn': ({ account }) => ({ bridgeId: account.bridgeId, server: 'fake' }),
  'dialogs.signInAgain': ({ account }) => ({ accountId: account.id }),
  'dialogs.answer': async (world) => ({ ...(await dialogOf(world)), action: 'next', answers: [{ name: 'nick', values: ['a'] }] }),
  'dialogs.wait': dialogOf,
  'dialogs.close': dialogOf,
  'dialogs.addAccount': signUpOf,
  'services.list': ({ account }) => ({ accountId: account.id }),
  'services.inspect': ({ account }) => ({ accountId: account.id, address: 'gateway.fake', node: null }),
  'services.commands': ({ account }) => ({ accountId: account.id, address: 'gateway.fake' }),
  'services.setLetsPeopleIn': ({ account }) => ({ accountId: account.id, address: 'gateway.fake', isAllowed: false }),
  'services.alerts': () => ({}),
  'services.dismissAlert': async ({ client, account, bridge }) => {
    const login = { id: 'l1', name: '+34', state: 'signed-out', sinceMs: null, detail: null, isStale: false } as const;
    await bridge.say({ type: 'logins.replaced', service: 'https://bridge.fake', network: networkId('whatsapp'), logins: [login] });
    const [alert] = await client.call('services.alerts', {});
    return { accountId: account.id, kind: 'signed-out', subject: alert?.subject ?? '' };
  },
  'services.outages': ({ chat }) => ({ conversationId: chat.id }),
};

/** Good inputs that this world has to refuse, and how. */
export const refusedHere: Partial<Record<RpcMethod, string>> = {
  'vault.create': 'already-exists',
  'vault.startOver': 'not-possible',
  'encryption.health': 'unsupported',
  'encryption.exportKeys': 'unsupported',
  'encryption.importKeys': 'unsupported',
  'encryption.trust': 'unsupported',
  'encryption.warnings': 'unsupported',
  'messages.retry': 'not-possible',
  'followUp.changeRecord': 'not-possible',
  'crm.retry': 'not-possible',
  // The connector of this world needs no sign-in; those that do are in test/integration/crm.
  'crm.beginSignIn': 'not-possible',
  'crm.finishSignIn': 'not-found',
  'crm.withdraw': 'not-possible',
};
