import type { Json } from '#bridge';
import { networkId, type NetworkId } from '#model';

/** What we know of a gateway; plain JSON. */
export type GatewayFacts = {
  readonly network: string;
  readonly name: string | null;
  /** We are signed in there: its people may enter our contact list without asking us. */
  readonly isRegistered: boolean;
  /** Unless the person does not want that. */
  readonly asksFirst?: true;
};

const mostGateways = 60;
const networkName = /^[a-z][a-z0-9-]{0,29}$/;

export const domainOf = (jid: string): string => {
  const bare = jid.replace(/\/.*$/s, '');
  return bare.slice(bare.indexOf('@') + 1);
};

/** Which domains lead to other networks; kept over restarts. */
export class GatewayBook {
  readonly #known: Map<string, GatewayFacts>;

  /** `saved`: what `saved` was before the restart; never trusted to have the shape of this version. */
  constructor(saved: Json | null = null) {
    this.#known = new Map(readSaved(saved));
  }

  get saved(): Readonly<Record<string, GatewayFacts>> {
    return Object.fromEntries(this.#known);
  }

  get domains(): readonly string[] {
    return [...this.#known.keys()];
  }

  /** The network that somebody or a room is on; undefined: this one. */
  networkOf(jid: string): NetworkId | undefined {
    const known = this.#known.get(domainOf(jid));
    return known === undefined ? undefined : networkId(known.network);
  }

  /** What the gateway that speaks for itself is called; null: this is one of its people, or no gateway. */
  titleOf(jid: string): string | null {
    const domain = domainOf(jid);
    const known = this.#known.get(domain);
    if (known === undefined) return null;
    if (jid === domain) return known.name === null ? domain : `${known.name} · ${domain}`;
    // An IRC gateway speaks for each server it leads to, too: `libera.chat@irc.example`, while people are `nick%libera.chat@…`.
    const local = jid.slice(0, jid.indexOf('@'));
    return known.network === 'irc' && /^[a-z0-9.:-]+$/.test(local) ? `${local} · ${domain}` : null;
  }

  isRegistered(domain: string): boolean {
    return this.#known.get(domain)?.isRegistered ?? false;
  }

  /** Whether its people enter the contact list without asking. */
  letsPeopleIn(domain: string): boolean {
    return this.isRegistered(domain) && this.#known.get(domain)?.asksFirst !== true;
  }

  /** @returns false when we are not signed in there */
  setLetsPeopleIn(domain: string, isAllowed: boolean): boolean {
    const known = this.#known.get(domain);
    if (known?.isRegistered !== true) return false;
    const { asksFirst: _before, ...facts } = known;
    this.#known.set(domain, isAllowed ? facts : { ...facts, asksFirst: true });
    return true;
  }

  /** Takes what was learned, and keeps what was chosen; null: it is no gateway. @returns whether anything changed */
  learn(domain: string, told: GatewayFacts | null): boolean {
    const before = this.#known.get(domain) ?? null;
    const found = told !== null && before?.asksFirst === true ? { ...told, asksFirst: true as const } : told;
    if (JSON.stringify(before) === JSON.stringify(found)) return false;
    if (found === null) this.#known.delete(domain);
    else if (before !== null || this.#known.size < mostGateways) this.#known.set(domain, found);
    else return false;
    return true;
  }
}

function readSaved(saved: Json | null): [string, GatewayFacts][] {
  if (saved === null || typeof saved !== 'object' || Array.isArray(saved)) return [];
  return Object.entries(saved)
    .slice(0, mostGateways)
    .flatMap(([domain, entry]: [string, Json]): [string, GatewayFacts][] => {
      if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) return [];
      const { network, name, isRegistered, asksFirst } = entry as Readonly<Record<string, Json>>;
      if (typeof network !== 'string' || !networkName.test(network)) return [];
      return [[domain, { network, name: typeof name === 'string' ? name : null, isRegistered: isRegistered === true, ...(asksFirst === true ? { asksFirst } : {}) }]];
    });
}
