/** What most Matrix tests need: a Synapse, our account `alice`, and a peer `bob` of other code. */
import { freshName, sharedLab, type Shared } from '../../kit/lab.ts';
import { startSynapse, type SynapseOptions, type SynapseServer } from '../../lab/index.ts';
import { matrixPeer, type MatrixPeer } from '../../lab/peers/matrix-peer.ts';
import { remoteConversationId } from '#model';
import { until } from '../../kit/until.ts';
import { openAccount, type OwnAccount } from './account.ts';

export interface Stage<Server = SynapseServer> {
  readonly synapse: Server;
  /** Of `alice`. */
  readonly password: string;
  readonly bob: MatrixPeer;
  /** A second device of our own user. */
  readonly aliceElsewhere: MatrixPeer;
  /** Our account, not started; the one of the last restart. */
  readonly own: OwnAccount;
  /** A new session of our account on the same data, not started. */
  restart(): Promise<OwnAccount>;
  /** A room of bob's that alice has joined. */
  room(name?: string): Promise<string>;
  /** The same, and our running session knows it. */
  knownRoom(name?: string): Promise<string>;
  stop(): Promise<void>;
}

/** On the Synapse that the whole run shares: everybody's name is fresh, nothing of the server may be assumed. */
export type SharedStage = Stage<Shared<SynapseServer>>;

/** Where our account connects, given the address of the server (a proxy). */
type Through = (baseUrl: string) => Promise<string>;
const straight: Through = async (url) => url;

/** On a Synapse of its own, for tests that kill it or want it different: @alice:localhost and @bob:localhost. */
export const setStage = async (through: Through = straight, options: SynapseOptions = {}): Promise<Stage> => {
  const synapse = await startSynapse(options);
  return stageOn(synapse, { alice: 'alice', bob: 'bob' }, through, () => synapse.stop());
};

/** For all others. With and without MSC4222 there is a server each. */
export const setSharedStage = async (through: Through = straight, options: { readonly msc4222?: boolean } = {}): Promise<SharedStage> => {
  const synapse = await sharedLab().synapse(options);
  return stageOn(synapse, { alice: freshName('alice'), bob: freshName('bob') }, through, async () => undefined);
};

const stageOn = async <Server extends Shared<SynapseServer>>(
  synapse: Server,
  names: { readonly alice: string; readonly bob: string },
  through: Through,
  stopServer: () => Promise<void>,
): Promise<Stage<Server>> => {
  const password = 'alice-secret';
  await synapse.register(names.alice, password);
  await synapse.register(names.bob, 'bob-secret');
  const bob = await matrixPeer({ baseUrl: synapse.baseUrl, userId: `@${names.bob}:localhost`, password: 'bob-secret' });
  const aliceElsewhere = await matrixPeer({ baseUrl: synapse.baseUrl, userId: `@${names.alice}:localhost`, password });
  let own = await openAccount(await through(synapse.baseUrl), aliceElsewhere.userId, password);
  const room = async (name = 'Harbour'): Promise<string> => {
    const roomId = await bob.createRoom({ name, invite: [aliceElsewhere.userId] });
    await aliceElsewhere.join(roomId);
    return roomId;
  };
  return {
    ...{ synapse, password, bob, aliceElsewhere, room },
    get own() {
      return own;
    },
    async restart() {
      own = await own.restart();
      return own;
    },
    async knownRoom(name) {
      const roomId = await room(name);
      const isJoined = async () => (await own.session.loadConversation(remoteConversationId(roomId))).membership === 'joined';
      await until(isJoined, { label: 'our session is in the room' });
      return roomId;
    },
    async stop() {
      await own.stop();
      await stopServer();
    },
  };
};

/** The part of a peer's view of a room that tests compare: bodies of messages, oldest first. */
export const bodies = async (peer: MatrixPeer, roomId: string, limit = 100): Promise<readonly string[]> =>
  (await peer.messages(roomId, limit))
    .filter((event) => event.type === 'm.room.message')
    .map((event) => String(event.content['body']))
    .toReversed();
