import type { Extension, ExtensionContext, ExtensionDefinition } from './extension.ts';
import { readSelfPingError, selfPing } from './extensions/0410-self-ping.ts';
import { inParallel } from './in-parallel.ts';
import { joinQuietly } from './join-room.ts';

export interface RoomWatchTimings {
  /** A room that says nothing for this long is asked whether we are still in it. */
  readonly silenceMs: number;
  readonly everyMs: number;
}

const usualTimings: RoomWatchTimings = { silenceMs: 10 * 60_000, everyMs: 60_000 };
const pingDeadlineMs = 20_000;
const pingsAtOnce = 5;

/**
 * Notices that a room has forgotten us without a word (XEP-0410): after a resumed session, and when a room is silent
 * for long. What was missed then comes from the room's archive. Also goes back to rooms that shut down or lost us.
 */
export class RoomWatch {
  readonly #context: ExtensionContext;
  readonly #timings: RoomWatchTimings;
  readonly #timer: NodeJS.Timeout;
  #isChecking = false;

  constructor(context: ExtensionContext, timings: RoomWatchTimings = usualTimings) {
    this.#context = context;
    this.#timings = timings;
    this.#timer = setInterval(() => void this.#look(), timings.everyMs);
    this.#timer.unref();
  }

  /** In a resumed session the server took care of the stream, but maybe not the rooms. */
  async online(isFresh: boolean): Promise<void> {
    if (!isFresh) await this.check(this.#context.link.rooms.silentSince(this.#context.now()));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Asks each room, and enters those again that do not know us. */
  async check(rooms: readonly string[]): Promise<void> {
    await inParallel(rooms, pingsAtOnce, async (room) => {
      if ((await this.#ping(room)) === 'absent') await this.#enter(room);
    });
  }

  async #look(): Promise<void> {
    const { link, engine, now } = this.#context;
    if (this.#isChecking || !engine.isOnline) return;
    this.#isChecking = true;
    try {
      await this.check(link.rooms.silentSince(now() - this.#timings.silenceMs));
      const outside = link.rooms.addresses.filter((room) => link.rooms.isWaiting(room) && Object.hasOwn(link.journal.state.rooms, room));
      await inParallel(outside, pingsAtOnce, (room) => this.#enter(room));
    } finally {
      this.#isChecking = false;
    }
  }

  async #ping(room: string): Promise<'present' | 'absent' | 'unknown'> {
    const { link, engine } = this.#context;
    const nick = link.rooms.nick(room);
    if (nick === null) return 'unknown';
    try {
      await engine.request({ type: 'get', to: `${room}/${nick}`, payload: selfPing(), deadlineMs: pingDeadlineMs });
      link.rooms.heard(room);
      return 'present';
    } catch (error) {
      const state = readSelfPingError(error);
      if (state === 'present') link.rooms.heard(room);
      return state;
    }
  }

  async #enter(room: string): Promise<void> {
    const { link, log } = this.#context;
    const nick = link.rooms.nick(room) ?? link.journal.state.rooms[room]?.nick;
    if (nick === undefined) return;
    link.rooms.ghosted(room);
    await joinQuietly(link, room, nick, log);
  }
}

/** Stays in the rooms we mean to be in. */
export const roomWatch: ExtensionDefinition = {
  name: 'room-watch',
  attach: (context): Extension => {
    const watch = new RoomWatch(context);
    return { online: (isFresh) => watch.online(isFresh), detach: () => watch.stop() };
  },
};
