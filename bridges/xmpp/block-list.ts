import { BridgeError, type BlockAbility, type BridgeEvent, type ReportReason } from '#bridge';
import { refusal, result } from './answer-requests.ts';
import type { Extension, ExtensionContext } from './extension.ts';
import { blockingNamespace, blockListQuery, blockQuery, readBlockList, readBlockPush, unblockQuery } from './extensions/0191-blocking-command.ts';
import { report as reportOf } from './extensions/0377-spam-reporting.ts';
import { personOf } from './ids.ts';
import { formatBare, fullJid, parseJid } from './jid.ts';
import { securityEvent } from './security-event.ts';
import type { XmlElement } from './stream/xml/element.ts';

const mostBlocked = 20_000;

/** Whom our server keeps away from us, the same on all our devices. */
export class BlockList implements BlockAbility {
  readonly #context: ExtensionContext;
  readonly #blocked = new Set<string>();

  constructor(context: ExtensionContext) {
    this.#context = context;
  }

  /** Whether nothing of this sender may reach us: they, or their whole server, are blocked. */
  keepsAway(from: string | undefined): boolean {
    if (this.#blocked.size === 0) return false;
    const jid = from === undefined ? null : parseJid(from);
    // Our own devices and our own server speak under this address; whoever blocks its domain means the others there.
    if (jid !== null && formatBare(jid) === this.#context.link.ownBareJid) return false;
    if (jid === null) return false;
    const bare = formatBare(jid);
    // One person in a room is a full address: the others there are not meant.
    if (this.#blocked.has(bare) || this.#blocked.has(jid.domain)) return true;
    return this.#blocked.has(`${bare}/${jid.resource}`) && this.#context.link.rooms.nick(bare) !== jid.resource;
  }

  async block(address: string, report: { readonly reason: ReportReason; readonly text: string } | null): Promise<void> {
    const jid = usable(address);
    const told = report === null ? null : reportOf(report.reason, report.text);
    await this.#request(blockQuery(jid, told));
    await this.#context.write(this.#apply([jid], true));
  }

  async unblock(address: string): Promise<void> {
    const jid = usable(address);
    await this.#request(unblockQuery(jid));
    await this.#context.write(this.#apply([jid], false));
  }

  /** The list, and the changes that other devices of ours make. */
  extension(): Extension {
    return {
      receiveRequest: (iq) => this.#receivePush(iq),
      online: async (isFresh) => {
        if (!isFresh && this.#blocked.size > 0) return;
        if (!this.#context.link.services.serverHas(blockingNamespace)) return;
        const all = readBlockList(await this.#context.engine.request({ type: 'get', payload: blockListQuery() }));
        if (all === null) return;
        this.#blocked.clear();
        for (const address of all) this.#blocked.add(address);
        await this.#context.write([{ type: 'blocked.replaced', addresses: all }]);
      },
    };
  }

  #receivePush(iq: XmlElement): { readonly reply: XmlElement; readonly events: readonly BridgeEvent[] } | null {
    const push = readBlockPush(iq, this.#context.link.ownBareJid);
    if (push === null) return null;
    if (push === 'forged') {
      return { reply: refusal(iq), events: [securityEvent('block-push-spoof', `a block list push from ${iq.attribute('from') ?? 'nobody'}`)] };
    }
    return { reply: result(iq), events: this.#apply(push.addresses, push.isBlocked) };
  }

  #apply(addresses: readonly string[], isBlocked: boolean): BridgeEvent[] {
    if (addresses.length === 0 && !isBlocked) {
      this.#blocked.clear();
      return [{ type: 'blocked.replaced', addresses: [] }];
    }
    return addresses.flatMap((address): BridgeEvent[] => {
      if (isBlocked && this.#blocked.size >= mostBlocked && !this.#blocked.has(address)) return [];
      if (isBlocked) this.#blocked.add(address);
      else this.#blocked.delete(address);
      const changed: BridgeEvent = { type: 'blocked.changed', address, isBlocked };
      return isBlocked ? [changed, { type: 'presence', personId: personOf(address), presence: 'unknown' }] : [changed];
    });
  }

  async #request(payload: XmlElement): Promise<void> {
    if (!this.#context.engine.isOnline) throw new BridgeError('offline');
    await this.#context.engine.request({ type: 'set', payload });
  }
}

/** People, single people in rooms, and whole servers. @throws BridgeError `wrong-address` */
function usable(address: string): string {
  const jid = fullJid(address.trim());
  if (jid === null) throw new BridgeError('wrong-address');
  return jid;
}
