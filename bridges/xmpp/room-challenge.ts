import type { Challenge } from './extensions/0158-captcha-forms.ts';

const mostKept = 20;

/** What a room asked, and how to knock once more, which makes it ask again. */
export interface RoomChallenge {
  readonly challenge: Challenge;
  knock(): Promise<void>;
}

/** What rooms asked before they let us in; only of rooms that we are entering. */
export class RoomChallenges {
  readonly #open = new Map<string, Challenge>();
  readonly #knocks = new Map<string, () => Promise<void>>();

  put(room: string, challenge: Challenge): void {
    keepNewest(this.#open, room, challenge);
  }

  /** How we tried to enter. */
  knocked(room: string, knock: () => Promise<void>): void {
    keepNewest(this.#knocks, room, knock);
  }

  take(room: string): RoomChallenge | null {
    const challenge = this.#open.get(room);
    const knock = this.#knocks.get(room) ?? (() => Promise.resolve());
    this.#open.delete(room);
    return challenge === undefined ? null : { challenge, knock };
  }
}

function keepNewest<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > mostKept && oldest !== undefined) map.delete(oldest);
}
