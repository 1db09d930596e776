import type { BridgeEvent } from '#bridge';
import type { Presence } from '#model';
import { personOf } from './ids.ts';
import { parseJid, formatBare } from './jid.ts';
import type { XmlElement } from './stream/xml/element.ts';

interface Resource {
  readonly presence: Presence;
  readonly priority: number;
  readonly statusText: string | undefined;
}

const presenceByShow: Readonly<Record<string, Presence>> = { away: 'away', xa: 'away', dnd: 'busy', chat: 'online' };
const mostResources = 50;
const longestStatus = 500;

/** Who is there (RFC 6121 section 4). A person counts as what the most important of their devices says. */
export class PresenceBook {
  readonly #people = new Map<string, Map<string, Resource>>();

  /** A lost session means that nothing is known any more. */
  clear(): void {
    this.#people.clear();
  }

  receive(stanza: XmlElement): BridgeEvent[] {
    const jid = parseJid(stanza.attribute('from') ?? '');
    const type = stanza.attribute('type');
    if (jid === null || (type !== undefined && type !== 'unavailable')) return [];
    const person = formatBare(jid);
    const resources = this.#people.get(person) ?? new Map<string, Resource>();
    this.#people.set(person, resources);
    if (type === 'unavailable') resources.delete(jid.resource);
    else if (resources.size < mostResources || resources.has(jid.resource)) resources.set(jid.resource, read(stanza));
    const best = [...resources.values()].sort((a, b) => b.priority - a.priority)[0];
    if (best === undefined) this.#people.delete(person);
    const { presence, statusText } = best ?? { presence: 'offline' as const, statusText: undefined };
    return [{ type: 'presence', personId: personOf(person), presence, statusText }];
  }
}

function read(stanza: XmlElement): Resource {
  const show = stanza.childText('show')?.trim() ?? '';
  const priority = Number(stanza.childText('priority') ?? '0');
  const statusText = stanza.childText('status')?.slice(0, longestStatus);
  const presence = Object.hasOwn(presenceByShow, show) ? presenceByShow[show] : undefined;
  return { presence: presence ?? 'online', priority: Number.isInteger(priority) ? priority : 0, statusText };
}
