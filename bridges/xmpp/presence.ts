import type { BridgeEvent } from '#bridge';
import type { Presence } from '#model';
import { readLastActivity } from './extensions/0012-last-activity.ts';
import { readIdleSince } from './extensions/0319-idle.ts';
import { personOf } from './ids.ts';
import { parseJid, formatBare } from './jid.ts';
import type { XmlElement } from './stream/xml/element.ts';

interface Resource {
  readonly presence: Presence;
  readonly priority: number;
  readonly statusText: string | undefined;
  readonly idleSinceMs: number | undefined;
}

const presenceByShow: Readonly<Record<string, Presence>> = { away: 'away', xa: 'away', dnd: 'busy', chat: 'online' };
const mostPeople = 20_000;
const mostResources = 50;
const longestStatus = 500;

/** Who is there (RFC 6121 section 4). A person counts as what the most important of their devices says. */
export class PresenceBook {
  readonly #people = new Map<string, Map<string, Resource>>();

  /** A lost session means that nothing is known any more. */
  clear(): void {
    this.#people.clear();
  }

  /** The full address of the device that counts most; null: they are not there. */
  deviceOf(person: string): string | null {
    const [best] = [...(this.#people.get(person) ?? [])].sort(([, a], [, b]) => b.priority - a.priority);
    return best === undefined || best[0] === '' ? null : `${person}/${best[0]}`;
  }

  receive(stanza: XmlElement, nowMs: number = Date.now()): BridgeEvent[] {
    const jid = parseJid(stanza.attribute('from') ?? '');
    const type = stanza.attribute('type');
    if (jid === null || (type !== undefined && type !== 'unavailable')) return [];
    const person = formatBare(jid);
    if (this.#people.size >= mostPeople && !this.#people.has(person)) return [];
    const resources = this.#people.get(person) ?? new Map<string, Resource>();
    this.#people.set(person, resources);
    if (type === 'unavailable') resources.delete(jid.resource);
    else if (resources.size < mostResources || resources.has(jid.resource)) resources.set(jid.resource, read(stanza, nowMs));
    const best = [...resources.values()].sort((a, b) => b.priority - a.priority)[0];
    if (best === undefined) this.#people.delete(person);
    if (best === undefined) return [{ type: 'presence', personId: personOf(person), presence: 'offline', ...farewell(stanza, nowMs) }];
    const { presence, statusText, idleSinceMs } = best;
    return [{ type: 'presence', personId: personOf(person), presence, statusText, ...(idleSinceMs === undefined ? {} : { idleSinceMs }) }];
  }
}

/** What they said when they went, and since when they are away, as far as their server tells. */
function farewell(stanza: XmlElement, nowMs: number): { statusText: string | undefined; lastSeenMs?: number } {
  const last = readLastActivity(stanza);
  const statusText = (stanza.childText('status') ?? last?.statusText)?.slice(0, longestStatus);
  if (stanza.attribute('type') !== 'unavailable') return { statusText };
  return { statusText, lastSeenMs: nowMs - (last?.seconds ?? 0) * 1_000 };
}

function read(stanza: XmlElement, nowMs: number): Resource {
  const show = stanza.childText('show')?.trim() ?? '';
  const priority = Number(stanza.childText('priority') ?? '0');
  const statusText = stanza.childText('status')?.slice(0, longestStatus);
  const presence = Object.hasOwn(presenceByShow, show) ? presenceByShow[show] : undefined;
  return { presence: presence ?? 'online', priority: Number.isInteger(priority) ? priority : 0, statusText, idleSinceMs: readIdleSince(stanza, nowMs) ?? undefined };
}
