/** What most Matrix tests need: a Synapse of their own, our account `alice`, and a peer `bob` of other code. */
import { startSynapse, type SynapseOptions, type SynapseServer } from '../../lab/index.ts';
import { matrixPeer, type MatrixPeer } from '../../lab/peers/matrix-peer.ts';
import { remoteConversationId } from '#model';
import { until } from '../../kit/until.ts';
import { openAccount, type OwnAccount } from './account.ts';

export interface Stage {
  readonly synapse: SynapseServer;
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

/** `through`: where our account connects, given the address of the server (a proxy); the server itself unless told. */
export const setStage = async (
  through: (baseUrl: string) => Promise<string> = async (url) => url,
  options: SynapseOptions = {},
): Promise<Stage> => {
  const synapse = await startSynapse(options);
  await synapse.register('alice', 'alice-secret');
  await synapse.register('bob', 'bob-secret');
  const peer = (name: string): Promise<MatrixPeer> =>
    matrixPeer({ baseUrl: synapse.baseUrl, userId: `@${name}:localhost`, password: `${name}-secret` });
  const bob = await peer('bob');
  const aliceElsewhere = await peer('alice');
  let own = await openAccount(await through(synapse.baseUrl), '@alice:localhost', 'alice-secret');
  const room = async (name = 'Harbour'): Promise<string> => {
    const roomId = await bob.createRoom({ name, invite: [aliceElsewhere.userId] });
    await aliceElsewhere.join(roomId);
    return roomId;
  };
  return {
    ...{ synapse, bob, aliceElsewhere, room },
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
      await synapse.stop();
    },
  };
};

/** The part of a peer's view of a room that tests compare: bodies of messages, oldest first. */
export const bodies = async (peer: MatrixPeer, roomId: string, limit = 100): Promise<readonly string[]> =>
  (await peer.messages(roomId, limit))
    .filter((event) => event.type === 'm.room.message')
    .map((event) => String(event.content['body']))
    .toReversed();
