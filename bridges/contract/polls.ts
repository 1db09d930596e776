/** Questions with answers to choose from. */
import type { MessageTarget } from './bridge.ts';
import type { RemoteConversationId } from './ids.ts';

export interface PollAnswer {
  /** As the network names it; means nothing to others. */
  readonly id: string;
  readonly text: string;
  /** How many chose it; null: kept back until the end. */
  readonly voteCount: number | null;
}

export interface Poll {
  readonly question: string;
  readonly answers: readonly PollAnswer[];
  /** How many answers one person may choose. */
  readonly mostChoices: number;
  /** Ids of the answers that we chose. */
  readonly ownChoices: readonly string[];
  /** How many people voted; null: kept back until the end. */
  readonly voterCount: number | null;
  /** The numbers are for everybody to see before the end. */
  readonly isDisclosed: boolean;
  readonly isEnded: boolean;
}

export interface NewPoll {
  readonly question: string;
  readonly answers: readonly string[];
  readonly mostChoices: number;
  readonly isDisclosed: boolean;
}

export interface PollAbility {
  /**
   * Our choices, all of them; none takes the vote back. What it changed was emitted before it resolves. `id` makes a
   * retry harmless. @throws BridgeError `not-found` for a message that is no poll, `rejected` once it is over
   */
  vote(target: MessageTarget, choices: readonly string[], id: string): Promise<void>;
  /** Ends a poll of ours for good. @throws BridgeError `forbidden` when it is somebody else's */
  end(target: MessageTarget, id: string): Promise<void>;
  create(conversationId: RemoteConversationId, poll: NewPoll, id: string): Promise<void>;
}
