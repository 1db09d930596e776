import { BridgeError, type Dialog, type PeopleSearchAbility } from '#bridge';
import { discoInfoQuery, discoItemsQuery, readDiscoInfo, readDiscoItems } from '../extensions/0030-service-discovery.ts';
import { ns } from '../namespaces.ts';
import { ask, quickDeadlineMs } from './ask.ts';
import { openSearch } from './search-dialog.ts';
import type { ServiceContext } from './service-context.ts';
import { networkBehind } from './service-kind.ts';

const mostServices = 30;

/** Looks for people of our own server, wherever it keeps them. */
export class PeopleDirectory implements PeopleSearchAbility {
  readonly #context: ServiceContext;
  #address: string | null = null;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  async open(signal: AbortSignal): Promise<Dialog> {
    this.#address ??= await this.#find(signal);
    try {
      return await openSearch({ address: this.#address }, this.#context, signal);
    } catch (error) {
      // It may have moved: the next attempt looks for it again.
      this.#address = null;
      throw error;
    }
  }

  /** A service that says it is a directory goes before one that only can be searched; gateways know their own people only. */
  async #find(signal: AbortSignal): Promise<string> {
    const { domain, request } = this.#context;
    const quickly = { type: 'get', deadlineMs: quickDeadlineMs } as const;
    const items = await ask(request, { ...quickly, to: domain, payload: discoItemsQuery() }, signal).then(readDiscoItems, () => []);
    const candidates = [...new Set([...items.filter((address) => !address.includes('@')).slice(0, mostServices), domain])];
    const found = await Promise.all(
      candidates.map(async (address) => {
        const info = await ask(request, { ...quickly, to: address, payload: discoInfoQuery() }, signal).then(readDiscoInfo, () => null);
        if (info?.features.has(ns.search) !== true || networkBehind(info.identities) !== null) return [];
        return [{ address, isDirectory: info.identities.some(({ category }) => category === 'directory') }];
      }),
    );
    signal.throwIfAborted();
    const best = found.flat().sort((left, right) => Number(right.isDirectory) - Number(left.isDirectory))[0];
    if (best === undefined) throw new BridgeError('unsupported', { server: domain, detail: 'the server lets nobody search its people' });
    return best.address;
  }
}
