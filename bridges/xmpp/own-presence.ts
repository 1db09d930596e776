import type { OwnPresenceAbility } from '#bridge';
import type { Presence } from '#model';
import type { ExtensionContext } from './extension.ts';
import { idleSince } from './extensions/0319-idle.ts';
import { element, type XmlElement } from './stream/xml/element.ts';

type OwnState = Exclude<Presence, 'unknown'>;

/** Servers deliver nothing to who is not available; the archive is asked instead, this often. */
const lookEveryMs = 10_000;

const shows: Readonly<Partial<Record<OwnState, string>>> = { away: 'away', busy: 'dnd' };

/** What we tell of ourselves: in the account's presence and in every room. */
export class OwnPresence implements OwnPresenceAbility {
  readonly #context: ExtensionContext;
  #presence: OwnState = 'online';
  #statusText = '';
  #idleSinceMs: number | null = null;
  /** Contacts know of this session. */
  #isAnnounced = false;
  #lookTimer: NodeJS.Timeout | undefined;

  constructor(context: ExtensionContext) {
    this.#context = context;
  }

  setPresence(presence: OwnState, statusText: string): Promise<void> {
    if (presence !== this.#presence || statusText !== this.#statusText) {
      this.#presence = presence;
      this.#statusText = statusText;
      this.tell();
    }
    return Promise.resolve();
  }

  setIdle(sinceMs: number | null): Promise<void> {
    if (sinceMs !== this.#idleSinceMs) {
      this.#idleSinceMs = sinceMs;
      this.tell();
    }
    return Promise.resolve();
  }

  /** The first presence of a session (RFC 6121 section 4.2). Invisible people send none. */
  announce(): void {
    this.#isAnnounced = true;
    if (this.#presence !== 'offline') this.#context.engine.send(this.stanza());
    this.#lookWhileUnseen();
  }

  /**
   * A session of an earlier run goes on: contacts know what that run said, which may not hold any more. Said once, for
   * the server brings it to everybody who may see it.
   */
  resumed(): void {
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    this.tell();
  }

  /** Says it anew, here and in the rooms; before a session was announced there is nothing to correct. */
  tell(): void {
    const { link, engine } = this.#context;
    if (!this.#isAnnounced || !engine.isOnline) return;
    engine.send(this.#presence === 'offline' ? element('presence', { type: 'unavailable' }) : this.stanza());
    this.#lookWhileUnseen();
    for (const room of link.rooms.addresses) {
      const nick = link.rooms.nick(room);
      // Whoever is invisible stays in their rooms; leaving is another wish.
      if (nick !== null && link.rooms.isJoined(room)) engine.send(this.stanza(`${room}/${nick}`));
    }
  }

  /** The account stops for good. */
  detach(): void {
    clearInterval(this.#lookTimer);
  }

  #lookWhileUnseen(): void {
    clearInterval(this.#lookTimer);
    if (this.#presence !== 'offline') return;
    let isLooking = false;
    const look = async (): Promise<void> => {
      const { link, engine } = this.#context;
      if (isLooking || !engine.isOnline || !link.services.hasArchive) return;
      isLooking = true;
      // The next look tries again, and so does the next connection.
      await link.sync.catchUp().catch(() => undefined);
      isLooking = false;
    };
    this.#lookTimer = setInterval(() => void look(), lookEveryMs);
    this.#lookTimer.unref();
  }

  /** Show, status and idle time; in front of everything that extensions add. */
  stanza(to?: string): XmlElement {
    const show = this.#idleSinceMs !== null && this.#presence === 'online' ? 'away' : shows[this.#presence];
    return element(
      'presence',
      { to },
      show !== undefined && element('show', {}, show),
      this.#statusText !== '' && element('status', {}, this.#statusText),
      this.#idleSinceMs !== null && idleSince(this.#idleSinceMs),
      ...this.#context.link.extensions.presenceParts(),
    );
  }
}
