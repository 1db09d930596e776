import { toFault, type BridgeEvent } from '#bridge';
import { result } from '../answer-requests.ts';
import type { Extension, ExtensionContext } from '../extension.ts';
import { readOfferedContacts, type OfferedContact } from '../extensions/0144-roster-exchange.ts';
import { inParallel } from '../in-parallel.ts';
import { bareJid } from '../jid.ts';
import { ns } from '../namespaces.ts';
import { removeContactQuery, saveContactQuery } from '../roster.ts';
import type { XmlElement } from '../stream/xml/element.ts';
import { domainOf } from './gateway-book.ts';
import { welcome } from './gateways.ts';

const atOnce = 5;

/**
 * Contact lists of other networks, as their gateways hand them over (XEP-0144). Taken only of a gateway that we are signed
 * in at and that brings its people by itself, and only for people of its own.
 */
export class ContactOffers implements Extension {
  readonly features = [ns.rosterExchange];
  readonly #context: ExtensionContext;

  constructor(context: ExtensionContext) {
    this.#context = context;
  }

  receiveMessage(message: XmlElement): readonly BridgeEvent[] | null {
    if (message.attribute('type') === 'error') return null;
    const offered = this.#offeredBy(message);
    if (offered === null) return null;
    void this.#take(offered);
    // Words that came along are a message like any other.
    return message.child('body') === undefined ? [] : null;
  }

  receiveRequest(iq: XmlElement): { readonly reply: XmlElement; readonly events: readonly BridgeEvent[] } | null {
    const offered = iq.attribute('type') === 'set' ? this.#offeredBy(iq) : null;
    if (offered === null) return null;
    void this.#take(offered);
    return { reply: result(iq), events: [] };
  }

  /** Null: no offer, or of somebody who may make none. */
  #offeredBy(stanza: XmlElement): readonly OfferedContact[] | null {
    const from = bareJid(stanza.attribute('from'));
    const offered = from === null || from.includes('@') ? null : readOfferedContacts(stanza);
    if (from === null || offered === null || !this.#context.link.gateways.letsIn(from)) return null;
    return offered.filter(({ jid }) => jid.includes('@') && domainOf(jid) === from);
  }

  /** One that the server refuses does not keep the others out. */
  async #take(offered: readonly OfferedContact[]): Promise<void> {
    await inParallel(offered, atOnce, async (one) => {
      try {
        await this.#takeOne(one);
      } catch (error) {
        this.#context.log.info('an offered contact was not taken', { error: toFault(error).detail });
      }
    });
  }

  async #takeOne({ action, jid, name, groups }: OfferedContact): Promise<void> {
    const { engine, link } = this.#context;
    const known = link.roster.contact(jid);
    if (action === 'delete') {
      if (known !== undefined) await engine.request({ type: 'set', payload: removeContactQuery(jid) });
      return;
    }
    // What the person changed stays; a gateway that sends its list at each start adds nothing then.
    if (known !== undefined && action === 'add') return;
    await engine.request({ type: 'set', payload: saveContactQuery(jid, name ?? known?.name ?? null, groups.length === 0 ? (known?.groups ?? []) : groups) });
    if (known === undefined) link.reply(welcome(jid));
  }
}
