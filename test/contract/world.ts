import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { remoteConversationId } from '#model';
import type { AccountRow, AddressId, ConnectionRow, ConversationRow, FolderId, MessageRow, PushPreview, RpcInput, StagedFileId } from '#rpc';
import { addFakeAccount, startEngine, type EngineClient } from '../kit/engine-client.ts';
import { conversationEvents, createFakeBridge, messageEvent, roomEvents, self, type FakeBridge } from '../kit/fake-bridge.ts';
import { until } from '../kit/until.ts';

/** An engine in which every method has something to work on. */
export interface World {
  readonly client: EngineClient;
  readonly bridge: FakeBridge;
  readonly account: AccountRow;
  readonly chat: ConversationRow;
  readonly room: ConversationRow;
  /** Of somebody else in the room. */
  readonly theirsInRoom: MessageRow;
  readonly memberId: AddressId;
  /** A folder of the network with the room in it. */
  readonly folderId: FolderId;
  /** From somebody else, with an attachment. */
  readonly theirs: MessageRow;
  /** Sent by us and taken by the network. */
  readonly ours: MessageRow;
  /** Waits for an account that is offline. */
  readonly waiting: () => Promise<MessageRow>;
  readonly stagedFile: () => Promise<StagedFileId>;
  readonly connect: () => Promise<ConnectionRow>;
  readonly connectInput: () => Promise<RpcInput<'crm.connect'>>;
  readonly plan: () => Promise<PushPreview>;
}

export const createWorld = async (): Promise<World> => {
  const bridge = createFakeBridge({
    startConversation: async (address) => {
      await bridge.say(...conversationEvents(address));
      return remoteConversationId(address);
    },
  });
  const client = await startEngine({ bridges: [bridge] });
  const account = await addFakeAccount(client);
  const attachments = [{ remoteId: 'f1', name: 'a.txt', mime: 'text/plain', source: 'x' }];
  const own = { senderId: self, isOwn: true };
  const answers = [{ id: 'a', text: 'Monday', voteCount: 0 }, { id: 'b', text: 'Friday', voteCount: 0 }];
  const poll = { question: 'When?', answers, mostChoices: 1, ownChoices: [], voterCount: 0, isDisclosed: true, isEnded: false };
  const nowMs = Date.now();
  await bridge.say(
    ...conversationEvents('chat'),
    ...roomEvents('room', nowMs - 60_000),
    { type: 'folders.replaced', folders: [{ remoteId: 'folder', name: 'Club', parentId: null, conversationIds: [remoteConversationId('room')] }] },
    messageEvent('chat', 'm1', 'Hello with a file', nowMs - 2_000, { attachments }),
    messageEvent('chat', 'm2', 'Our answer', nowMs - 1_000, { ...own, poll }),
  );
  const rows = await client.conversations();
  const chat = rows.find(({ title }) => title === 'chat');
  const room = rows.find(({ title }) => title === 'room');
  const [theirsInRoom] = room === undefined ? [] : await client.messages(room);
  const memberId = theirsInRoom?.senderId ?? null;
  const [theirs, ours] = chat === undefined ? [] : await client.messages(chat);
  if (chat === undefined || theirs === undefined || ours === undefined) throw new Error('the world is empty');
  const [folder] = await client.call('folders.list', {});
  if (folder === undefined) throw new Error('no folder');
  if (room === undefined || theirsInRoom === undefined || memberId === null) throw new Error('the room is empty');

  const connectInput = async (): Promise<RpcInput<'crm.connect'>> => {
    const path = join(client.profileDir, '..', `pushes-${randomUUID()}`);
    mkdirSync(path);
    const { token } = await client.engine.host['host.folder']({ path });
    return { connectorId: 'file-folder', name: 'Folder', values: { folder: token } };
  };
  const connect = async (): Promise<ConnectionRow> => (await client.call('crm.connect', await connectInput())).connection;

  return {
    client,
    bridge,
    account,
    chat,
    room,
    theirsInRoom,
    memberId,
    folderId: folder.id,
    theirs,
    ours,
    waiting: async () => {
      await bridge.say({ type: 'state', connection: 'offline' });
      const input = { conversationId: chat.id, clientId: randomUUID(), text: 'Waiting', replyToId: null, files: [] };
      const { ids } = await client.call('messages.send', input);
      return until(async () => (await client.messages(chat)).find(({ id }) => id === ids[0]));
    },
    stagedFile: async () => {
      const { id, path } = await client.engine.host['host.stage']({ name: 'a.txt', mime: 'text/plain' });
      writeFileSync(path, 'hello', { flag: 'wx' });
      await client.engine.host['host.staged']({ id, sizeBytes: 5 });
      return id as StagedFileId;
    },
    connectInput,
    connect,
    plan: async () => client.call('crm.plan', { conversationId: chat.id, connectionId: (await connect()).id }),
  };
};
