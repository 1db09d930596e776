import { toFault, type BridgeEvent, type BridgeLog, type RemoteContact } from '#bridge';
import type { Extension } from './extension.ts';
import { OwnCapabilities } from './extensions/0030-service-discovery.ts';
import { readPubsubEvent } from './extensions/0060-publish-subscribe.ts';
import { bareJid } from './jid.ts';
import type { XmlElement } from './stream/xml/element.ts';

/** All extensions of one account: hands stanzas to the one they are for. */
export class ExtensionHost {
  readonly #extensions: readonly Extension[];
  readonly #ownBareJid: string;
  readonly #log: BridgeLog;
  readonly capabilities: OwnCapabilities;

  constructor(extensions: readonly Extension[], ownBareJid: string, log: BridgeLog) {
    this.#extensions = extensions;
    this.#ownBareJid = ownBareJid;
    this.#log = log;
    this.capabilities = new OwnCapabilities(
      extensions.flatMap(({ features = [], pep = {} }) => [...features, ...Object.keys(pep).map((node) => `${node}+notify`)]),
    );
  }

  /** Null: an ordinary message. */
  receiveMessage(message: XmlElement): readonly BridgeEvent[] | null {
    const pushed = readPubsubEvent(message, this.#ownBareJid);
    if (pushed !== null) {
      return this.#extensions.flatMap(({ pep = {} }) => {
        const reader = Object.hasOwn(pep, pushed.node) ? pep[pushed.node] : undefined;
        if (reader === undefined || (reader.of === 'own' && pushed.from !== this.#ownBareJid)) return [];
        return [...reader.read(pushed)];
      });
    }
    for (const extension of this.#extensions) {
      const events = extension.receiveMessage?.(message) ?? null;
      if (events !== null) return events;
    }
    return null;
  }

  receivePresence(presence: XmlElement): readonly BridgeEvent[] {
    if (bareJid(presence.attribute('from')) === null) return [];
    return this.#extensions.flatMap((extension) => [...(extension.receivePresence?.(presence) ?? [])]);
  }

  contactChanged(contact: RemoteContact): void {
    for (const extension of this.#extensions) extension.contactChanged?.(contact);
  }

  receiveRequest(iq: XmlElement): { readonly reply: XmlElement; readonly events: readonly BridgeEvent[] } | null {
    for (const extension of this.#extensions) {
      const answer = extension.receiveRequest?.(iq) ?? null;
      if (answer !== null) return answer;
    }
    return null;
  }

  /** What belongs into every presence of ours. */
  presenceParts(): readonly XmlElement[] {
    return [this.capabilities.announcement(), ...this.#extensions.flatMap((extension) => [...(extension.decoratePresence?.() ?? [])])];
  }

  /** An extension that fails is logged; the others and the account go on. */
  async online(isFresh: boolean): Promise<void> {
    await Promise.all(
      this.#extensions.map(async (extension) => {
        try {
          await extension.online?.(isFresh);
        } catch (error) {
          this.#log.info('an extension could not set itself up', { error: toFault(error).detail });
        }
      }),
    );
  }

  detach(): void {
    for (const extension of this.#extensions) extension.detach?.();
  }
}
