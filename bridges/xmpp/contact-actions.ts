import { BridgeError, type ContactAbility } from '#bridge';
import type { RemotePersonId } from '#model';
import type { ExtensionContext } from './extension.ts';
import { addressOf, conversationOf, personOf } from './ids.ts';
import { bareJid } from './jid.ts';
import { removeContactQuery, saveContactQuery } from './roster.ts';
import { element, type XmlElement } from './stream/xml/element.ts';

/** The contact list, as a person changes it. What became of it comes back as a push to all our devices. */
export class ContactActions implements ContactAbility {
  readonly #context: ExtensionContext;

  constructor(context: ExtensionContext) {
    this.#context = context;
  }

  async save(
    address: string,
    { name, groups }: { readonly name: string | null; readonly groups: readonly string[] },
    asksPresence: boolean,
  ): Promise<RemotePersonId> {
    const { link } = this.#context;
    const jid = bareJid(address.trim().replace(/^xmpp:/i, '').replace(/\?.*$/s, ''));
    if (jid === null || jid === link.ownBareJid) throw new BridgeError('wrong-address', { detail: 'an XMPP address looks like name@server' });
    await this.#set(saveContactQuery(jid, name, groups));
    if (asksPresence) {
      // Whoever we ask will ask us back; that is granted before (RFC 6121 section 3.4), by the server or by us.
      link.requests.preapprove(jid);
      this.#sendPresence(jid, 'subscribed');
      this.#sendPresence(jid, 'subscribe');
    }
    return personOf(jid);
  }

  async remove(personId: RemotePersonId): Promise<void> {
    const jid = addressOf(personId);
    this.#context.link.requests.revoke(jid);
    await this.#set(removeContactQuery(jid));
  }

  asksUs(personId: RemotePersonId): boolean {
    return this.#context.link.requests.asks(addressOf(personId));
  }

  async setSeesUs(personId: RemotePersonId, seesUs: boolean): Promise<void> {
    const jid = addressOf(personId);
    const { requests } = this.#context.link;
    this.#sendPresence(jid, seesUs ? 'subscribed' : 'unsubscribed');
    if (!seesUs) requests.revoke(jid);
    if (!requests.settle(jid)) return;
    const membership = seesUs ? ('joined' as const) : ('left' as const);
    await this.#context.write([{ type: 'conversation.patched', conversationId: conversationOf(jid), patch: { membership } }]);
  }

  async #set(payload: XmlElement): Promise<void> {
    if (!this.#context.engine.isOnline) throw new BridgeError('offline');
    await this.#context.engine.request({ type: 'set', payload });
  }

  #sendPresence(to: string, type: string): void {
    const id = type === 'subscribe' ? this.#context.link.held.noteRequest(to) : undefined;
    if (!this.#context.engine.send(element('presence', { to, type, id }))) throw new BridgeError('offline');
  }
}
