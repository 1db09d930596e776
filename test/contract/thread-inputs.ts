import { randomUUID } from 'node:crypto';
import type { PinMethods, PollMethods, RpcInput, ThreadId, ThreadMethods } from '#rpc';
import type { World } from './world.ts';

type Methods = ThreadMethods & PollMethods & PinMethods;
type Inputs = { readonly [Method in keyof Methods]: (world: World) => RpcInput<Method> | Promise<RpcInput<Method>> };

const threadOf = async ({ client, ours }: World): Promise<ThreadId> => (await client.call('threads.open', { rootId: ours.id })).id;

/** One good input of every method about threads, polls and pins; our message of the world is a poll. */
export const threadInputs: Inputs = {
  'threads.list': ({ chat }) => ({ conversationId: chat.id }),
  'threads.open': ({ theirs }) => ({ rootId: theirs.id }),
  'threads.page': async (world) => ({ id: await threadOf(world), before: null, limit: 20 }),
  'threads.loadOlder': async (world) => ({ id: await threadOf(world) }),
  'threads.setDraft': async (world) => ({ id: await threadOf(world), text: 'I was about to say' }),
  'threads.markRead': async (world) => ({ id: await threadOf(world), upTo: world.ours.id }),
  'polls.vote': ({ ours }) => ({ id: ours.id, choices: ['a'] }),
  'polls.end': ({ ours }) => ({ id: ours.id }),
  'polls.create': ({ chat }) => ({ conversationId: chat.id, clientId: randomUUID(), question: 'When?', answers: ['Monday', 'Friday'], mostChoices: 1, isDisclosed: true }),
  'pins.list': ({ chat }) => ({ conversationId: chat.id }),
  'pins.set': ({ theirs }) => ({ id: theirs.id, isPinned: true }),
};
