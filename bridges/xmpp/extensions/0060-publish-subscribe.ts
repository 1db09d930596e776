/**
 * XEP-0060 Publish-Subscribe, version 1.27.0 — https://xmpp.org/extensions/xep-0060.html
 * with XEP-0163 Personal Eventing Protocol, version 1.2.2. Left out: subscriptions by hand, node administration.
 */
import { simpleForm } from './0004-data-forms.ts';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { bareJid } from '../jid.ts';
import { ns } from '../namespaces.ts';

export interface PubsubItem {
  readonly id: string;
  readonly payload: XmlElement;
}

/** What a node pushed to us. */
export interface PubsubEvent {
  /** Whose node, as a bare address. The server stamps it; it cannot be forged from outside. */
  readonly from: string;
  readonly node: string;
  readonly items: readonly PubsubItem[];
  readonly retractedIds: readonly string[];
  /** All items are gone (the node was purged or deleted). */
  readonly isPurged: boolean;
}

const eventNamespace = 'http://jabber.org/protocol/pubsub#event';
const optionsFormType = 'http://jabber.org/protocol/pubsub#publish-options';
const mostItems = 1_000;
const longestId = 1_024;

/** Null: the message carries no event. An event of a full address or a room occupant is nobody's node. */
export function readPubsubEvent(message: XmlElement, ownBareJid: string): PubsubEvent | null {
  const event = message.child('event', eventNamespace);
  if (event === undefined) return null;
  const sender = message.attribute('from');
  const from = sender === undefined ? ownBareJid : bareJid(sender);
  const change = event.child('items') ?? event.child('purge') ?? event.child('delete');
  const node = change?.attribute('node');
  const nothing = { from: '', node: '', items: [], retractedIds: [], isPurged: false };
  if (change === undefined || node === undefined || from === null || sender?.includes('/') === true) return nothing;
  return {
    from,
    node,
    items: readItems(change),
    retractedIds: change.childrenNamed('retract').slice(0, mostItems).flatMap((item) => usable(item.attribute('id'))),
    isPurged: change.name !== 'items',
  };
}

export const itemsQuery = (node: string, options: { readonly ids?: readonly string[]; readonly max?: number } = {}): XmlElement =>
  element(
    'pubsub',
    { xmlns: ns.pubsub },
    element(
      'items',
      { node, max_items: options.max === undefined ? undefined : String(options.max) },
      ...(options.ids ?? []).map((id) => element('item', { id })),
    ),
  );

/** The items of an answer to `itemsQuery`. */
export function readItemsResult(result: XmlElement): readonly PubsubItem[] {
  const items = result.child('pubsub', ns.pubsub)?.child('items');
  return items === undefined ? [] : readItems(items);
}

/**
 * `options`: how the node must be set up (XEP-0060 section 7.1.5), by field name without `pubsub#`; the server refuses
 * with `conflict` (`precondition-not-met`) when it is not.
 */
export const publishQuery = (
  node: string,
  item: { readonly id: string | undefined; readonly payload: XmlElement },
  options: Readonly<Record<string, string>> = {},
): XmlElement =>
  element(
    'pubsub',
    { xmlns: ns.pubsub },
    element('publish', { node }, element('item', { id: item.id }, item.payload)),
    ...publishOptions(options),
  );

/** Sets up a node of ours anew; options by field name without `pubsub#`. */
export const configureQuery = (node: string, options: Readonly<Record<string, string>>): XmlElement =>
  element(
    'pubsub',
    { xmlns: `${ns.pubsub}#owner` },
    element(
      'configure',
      { node },
      simpleForm(`${ns.pubsub}#node_config`, Object.fromEntries(Object.entries(options).map(([name, value]) => [`pubsub#${name}`, value]))),
    ),
  );

/** For data that is ours alone and has many items (bookmarks, read markers). */
export const privateNodeOptions = {
  persist_items: 'true',
  max_items: 'max',
  send_last_published_item: 'never',
  access_model: 'whitelist',
} as const;

/** What older ejabberd understands of these options. Who may look is never left to chance. */
export const leastPrivateOptions = { persist_items: 'true', access_model: 'whitelist' } as const;

const publishOptions = (options: Readonly<Record<string, string>>): XmlElement[] => {
  const entries = Object.entries(options);
  if (entries.length === 0) return [];
  const field = (name: string, value: string, type?: string): XmlElement =>
    element('field', { var: name, type }, element('value', {}, value));
  const fields = entries.map(([name, value]) => field(`pubsub#${name}`, value));
  const form = element('x', { xmlns: ns.dataForms, type: 'submit' }, field('FORM_TYPE', optionsFormType, 'hidden'), ...fields);
  return [element('publish-options', {}, form)];
};

const readItems = (items: XmlElement): PubsubItem[] =>
  items
    .childrenNamed('item')
    .slice(0, mostItems)
    .flatMap((item) => {
      const payload = item.elements()[0];
      const [id] = usable(item.attribute('id'));
      return payload === undefined || id === undefined ? [] : [{ id, payload }];
    });

const usable = (id: string | undefined): string[] => (id === undefined || id.length > longestId ? [] : [id]);
