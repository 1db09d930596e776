import { BridgeError, toFault, type BridgeEvent, type Json } from '#bridge';
import type { NotifyLevel } from '#model';
import type { Extension, ExtensionContext, ExtensionDefinition } from './extension.ts';
import { oldBookmarksQuery, readOldBookmarks } from './extensions/0048-bookmark-storage.ts';
import { itemsQuery, readItemsResult, type PubsubEvent } from './extensions/0060-publish-subscribe.ts';
import { configureBookmarks, readBookmark, writeBookmark, type Bookmark } from './extensions/0402-native-bookmarks.ts';
import { conversationOf } from './ids.ts';
import { inParallel } from './in-parallel.ts';
import { forgetRoom, joinQuietly } from './join-room.ts';
import { ns } from './namespaces.ts';
import { ownNick } from './own-nick.ts';
import { publishPrivately } from './publish-private.ts';

type Change = Partial<Pick<Bookmark, 'isAutojoin' | 'isPinned' | 'notify' | 'nick' | 'password' | 'name'>>;

/** What is remembered between runs: which rooms were bookmarked to be in, and what could not be told the server yet. */
interface Saved {
  readonly known: Readonly<Record<string, boolean>>;
  readonly pending: Readonly<Record<string, { readonly isPinned?: boolean; readonly notify?: NotifyLevel }>>;
}

const mostBookmarks = 1_000;
const joinsAtOnce = 5;

/** The rooms our account keeps at its server for all our clients (XEP-0402), with pins and notification settings. */
export class RoomBookmarks {
  readonly #context: ExtensionContext;
  readonly #bookmarks = new Map<string, Bookmark>();
  #isLoaded = false;
  /** The server has nothing but what older clients keep. */
  #isOldOnly = false;
  /** Changes go out one after the other: each builds on what the one before wrote. */
  #last: Promise<void> = Promise.resolve();

  constructor(context: ExtensionContext) {
    this.#context = context;
  }

  get(room: string): Bookmark | null {
    return this.#bookmarks.get(room) ?? null;
  }

  /** Pin and level of a room we have just entered. */
  told(room: string): readonly BridgeEvent[] {
    const bookmark = this.#bookmarks.get(room);
    return bookmark === undefined ? [] : [patchOf(bookmark)];
  }

  /** In a new session: what other clients changed meanwhile is done here too, and what we changed is told. */
  async online(isFresh: boolean): Promise<void> {
    if (!isFresh && this.#isLoaded) return;
    const loaded = await this.#load();
    this.#isOldOnly = loaded === null;
    if (loaded === null) return await this.#takeOver();
    const { known, pending } = this.#saved();
    this.#bookmarks.clear();
    for (const bookmark of loaded.slice(0, mostBookmarks)) this.#bookmarks.set(bookmark.room, { ...bookmark, ...pending[bookmark.room] });
    this.#isLoaded = true;
    await this.#context.write(this.#tell([...this.#bookmarks.values()]), this.#toSave({}));
    for (const [room, change] of Object.entries(pending)) void this.change(room, change);
    await this.#follow(known);
  }

  /** Another client of ours changed something. */
  receive({ items, retractedIds, isPurged }: PubsubEvent): readonly BridgeEvent[] {
    if (!this.#isLoaded) return [];
    const goneRooms = isPurged ? [...this.#bookmarks.keys()] : retractedIds;
    for (const room of goneRooms) {
      const wasIn = this.#bookmarks.get(room)?.isAutojoin ?? false;
      this.#bookmarks.delete(room);
      if (wasIn) this.#leave(room);
    }
    const changed = items.flatMap((item) => readBookmark(item) ?? []);
    for (const bookmark of changed) this.#take(bookmark);
    this.#later(() => this.#context.write([], this.#toSave(this.#saved().pending)));
    return this.#tell(changed);
  }

  /** We are in a room now: our other clients shall be too. */
  async joined(room: string, nick: string, password: string | null): Promise<void> {
    const known = this.#bookmarks.get(room);
    if (!this.#isLoaded || known?.isAutojoin === true) return;
    await this.change(room, { isAutojoin: true, ...(known === undefined ? { nick, password } : {}) }).catch(() => undefined);
  }

  /** We left for good; the bookmark stays with what was set in it. */
  async left(room: string): Promise<void> {
    if (this.#isOldOnly) return await this.#settle([[room, true]]);
    if (this.#bookmarks.get(room)?.isAutojoin !== true) return;
    await this.change(room, { isAutojoin: false }).catch(() => undefined);
  }

  /** Writes a change to the server, or keeps pins and levels for later. @throws BridgeError when it is refused */
  change(room: string, change: Change): Promise<void> {
    const done = this.#last.then(() => this.#change(room, change));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #change(room: string, change: Change): Promise<void> {
    const { link } = this.#context;
    const fresh: Bookmark = {
      room,
      name: link.rooms.about(room).title,
      isAutojoin: link.rooms.isJoined(room),
      nick: link.rooms.nick(room),
      password: null,
      isPinned: false,
      notify: undefined,
      extensions: undefined,
    };
    const next = { ...(this.#bookmarks.get(room) ?? fresh), ...change };
    try {
      await this.#publish(next);
    } catch (error) {
      const { isPinned, notify } = change;
      const kept = { ...(isPinned === undefined ? {} : { isPinned }), ...(notify === undefined ? {} : { notify }) };
      const { pending } = this.#saved();
      if (toFault(error).code === 'offline') {
        await this.#context.write([], this.#toSave({ ...pending, [room]: { ...pending[room], ...kept } }));
      }
      throw error;
    }
    this.#bookmarks.set(room, next);
    const { [room]: _done, ...pending } = this.#saved().pending;
    await this.#context.write([], this.#toSave(pending));
  }

  async #publish(bookmark: Bookmark): Promise<void> {
    const { engine } = this.#context;
    const publish = (): Promise<void> => publishPrivately(engine, ns.bookmarks, { id: bookmark.room, payload: writeBookmark(bookmark) });
    try {
      await publish();
    } catch (error) {
      // The node is set up in another way, maybe open to others: that is mended before anything goes into it.
      if (toFault(error).code !== 'conflict') throw error;
      await engine.request({ type: 'set', payload: configureBookmarks() });
      await publish();
    }
  }

  /**
   * A server without PEP has only what older clients keep elsewhere, and there we do not write: each of those rooms is
   * entered once, so that one which is left here stays left.
   */
  async #takeOver(): Promise<void> {
    const { link } = this.#context;
    const answer = await this.#ask(oldBookmarksQuery());
    const old = typeof answer === 'string' ? [] : readOldBookmarks(answer).slice(0, mostBookmarks);
    if (old.length === 0) return;
    const isKnown = (room: string): boolean => this.#saved().known[room] === true;
    const wanted = old.filter(({ room, isAutojoin }) => isAutojoin && !isKnown(room) && !Object.hasOwn(link.journal.state.rooms, room));
    await inParallel(wanted, joinsAtOnce, (bookmark) => this.#join(bookmark));
    // One that could not be entered is tried again next time; one that was left meanwhile is not.
    const settled = old.filter((bookmark) => !wanted.includes(bookmark) || link.rooms.has(bookmark.room) || isKnown(bookmark.room));
    await this.#settle(settled.map(({ room, isAutojoin }) => [room, isAutojoin]));
  }

  /** Beside what is known already: a server may only have failed to show what it has. */
  async #settle(rooms: readonly (readonly [room: string, isAutojoin: boolean])[]): Promise<void> {
    const { known, pending } = this.#saved();
    const all = [...new Map([...Object.entries(known), ...rooms])].slice(-mostBookmarks);
    await this.#context.write([], { known: Object.fromEntries(all), pending } as unknown as Json);
  }

  /** Null: this server keeps no bookmarks. */
  async #load(): Promise<Bookmark[] | null> {
    const native = await this.#ask(itemsQuery(ns.bookmarks));
    if (native === 'unsupported') return null;
    const bookmarks = native === 'nothing' ? [] : readItemsResult(native).flatMap((item) => readBookmark(item) ?? []);
    const { features } = await this.#context.link.services.info(this.#context.link.ownBareJid);
    // A server that keeps both in step would only tell the same again.
    if (features.has(`${ns.bookmarks}#compat`)) return bookmarks;
    const old = await this.#ask(oldBookmarksQuery());
    const taken = new Set(bookmarks.map(({ room }) => room));
    return typeof old === 'string' ? bookmarks : [...bookmarks, ...readOldBookmarks(old).filter(({ room }) => !taken.has(room))];
  }

  async #ask(payload: Parameters<ExtensionContext['engine']['request']>[0]['payload']) {
    try {
      return await this.#context.engine.request({ type: 'get', payload });
    } catch (error) {
      const { code } = toFault(error);
      if (code === 'not-found') return 'nothing';
      if (error instanceof BridgeError && error.name === 'StanzaError') return 'unsupported';
      throw error;
    }
  }

  /** Joins what was added elsewhere, leaves what was removed elsewhere, and adds what only we know. */
  async #follow(known: Saved['known']): Promise<void> {
    const { link } = this.#context;
    const mine = new Set(Object.keys(link.journal.state.rooms));
    // A server that lost everything is no person who left every room: then ours are put back.
    const isWiped = this.#bookmarks.size === 0 && Object.values(known).filter(Boolean).length > 1;
    for (const room of mine) {
      const bookmark = this.#bookmarks.get(room);
      if (bookmark?.isAutojoin === true) continue;
      if (known[room] === true && !isWiped) this.#leave(room);
      else if (bookmark === undefined) void this.change(room, { isAutojoin: true, nick: link.journal.state.rooms[room]?.nick ?? null }).catch(() => undefined);
    }
    const wanted = [...this.#bookmarks.values()].filter(({ room, isAutojoin }) => isAutojoin && !mine.has(room));
    await inParallel(wanted, joinsAtOnce, (bookmark) => this.#join(bookmark));
  }

  #take(bookmark: Bookmark): void {
    if (this.#bookmarks.size >= mostBookmarks && !this.#bookmarks.has(bookmark.room)) return;
    const before = this.#bookmarks.get(bookmark.room);
    this.#bookmarks.set(bookmark.room, bookmark);
    if (bookmark.isAutojoin && before?.isAutojoin !== true) this.#later(() => this.#join(bookmark));
    if (!bookmark.isAutojoin && before?.isAutojoin === true) this.#leave(bookmark.room);
  }

  async #join({ room, nick, password }: Bookmark): Promise<void> {
    const { link, log, engine } = this.#context;
    if (!engine.isOnline || link.rooms.has(room)) return;
    await joinQuietly(link, room, nick ?? ownNick(link.ownBareJid), log, password);
  }

  #leave(room: string): void {
    const { link } = this.#context;
    if (!link.rooms.has(room) && !Object.hasOwn(link.journal.state.rooms, room)) return;
    link.rooms.leave(room);
    const left = { type: 'conversation.patched', conversationId: conversationOf(room), patch: { membership: 'left' } } as const;
    this.#later(() => forgetRoom(link, room, [left]));
  }

  /** After the stanza that caused it is stored. */
  #later(work: () => Promise<void>): void {
    queueMicrotask(() => {
      work().catch((error: unknown) => this.#context.log.info('a bookmark could not be followed', { error: toFault(error).detail }));
    });
  }

  #tell(bookmarks: readonly Bookmark[]): BridgeEvent[] {
    const { link } = this.#context;
    const isKnown = (room: string): boolean => link.rooms.has(room) || Object.hasOwn(link.journal.state.rooms, room);
    return bookmarks.filter(({ room }) => isKnown(room)).map(patchOf);
  }

  #saved(): Saved {
    const saved = this.#context.saved();
    const parts = saved !== null && typeof saved === 'object' && !Array.isArray(saved) ? (saved as Partial<Saved>) : {};
    return { known: parts.known ?? {}, pending: parts.pending ?? {} };
  }

  #toSave(pending: Saved['pending']): Json {
    const known = Object.fromEntries([...this.#bookmarks.values()].map(({ room, isAutojoin }) => [room, isAutojoin]));
    return { known, pending } as unknown as Json;
  }
}

const patchOf = ({ room, isPinned, notify }: Bookmark): BridgeEvent => ({
  type: 'conversation.patched',
  conversationId: conversationOf(room),
  patch: { isPinned, ...(notify === undefined ? {} : { notify }) },
});

/** Keeps bookmarks in step with our other clients. */
export const roomBookmarks: ExtensionDefinition = {
  name: 'bookmarks',
  attach: (context): Extension => ({
    pep: { [ns.bookmarks]: { of: 'own', read: (event) => context.link.bookmarks.receive(event) } },
    online: (isFresh) => context.link.bookmarks.online(isFresh),
  }),
};
