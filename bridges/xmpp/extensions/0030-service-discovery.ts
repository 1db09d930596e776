/**
 * XEP-0030 Service Discovery, version 2.5.0 — https://xmpp.org/extensions/xep-0030.html
 * with XEP-0115 Entity Capabilities, version 1.6.0, and XEP-0092 Software Version, version 1.1, as far as we are asked.
 */
import { createHash } from 'node:crypto';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

export interface Discovered {
  readonly identities: readonly { readonly category: string; readonly type: string; readonly name: string | null }[];
  readonly features: ReadonlySet<string>;
  /** Fields of the data forms (XEP-0128), by form type and field name. */
  readonly fields: ReadonlyMap<string, string>;
}

const baseFeatures = [
  ns.capabilities,
  ns.carbons,
  ns.chatStates,
  ns.correction,
  ns.discoInfo,
  ns.markers,
  ns.muc,
  ns.outOfBand,
  ns.ping,
  ns.reactions,
  ns.receipts,
  ns.reply,
  ns.retraction,
  ns.version,
];

const identity = { category: 'client', type: 'pc', name: 'Palomar' };
const capabilitiesNode = 'https://palomar.example/caps';

/** What we tell about ourselves. */
export class OwnCapabilities {
  readonly #features: readonly string[];
  readonly #verification: string;

  constructor(moreFeatures: readonly string[]) {
    this.#features = [...new Set([...baseFeatures, ...moreFeatures])].sort();
    // XEP-0115 section 5: a hash of identity and features, so that peers ask only once.
    this.#verification = createHash('sha1')
      .update(`${identity.category}/${identity.type}//${identity.name}<`)
      .update(this.#features.map((feature) => `${feature}<`).join(''))
      .digest('base64');
  }

  /** Goes into our presence. */
  announcement(): XmlElement {
    return element('c', { xmlns: ns.capabilities, hash: 'sha-1', node: capabilitiesNode, ver: this.#verification });
  }

  /** The answer to somebody's disco#info; null for a node that we do not have. */
  answer(query: XmlElement): XmlElement | null {
    const node = query.attribute('node');
    if (node !== undefined && node !== `${capabilitiesNode}#${this.#verification}`) return null;
    return element(
      'query',
      { xmlns: ns.discoInfo, node },
      element('identity', identity),
      ...this.#features.map((feature) => element('feature', { var: feature })),
    );
  }
}

export const discoInfoQuery = (): XmlElement => element('query', { xmlns: ns.discoInfo });
export const discoItemsQuery = (): XmlElement => element('query', { xmlns: ns.discoItems });

export function readDiscoInfo(result: XmlElement): Discovered {
  const query = result.child('query', ns.discoInfo);
  const fields = new Map<string, string>();
  for (const form of query?.childrenNamed('x', ns.dataForms) ?? []) {
    for (const field of form.childrenNamed('field')) {
      const value = field.childText('value');
      if (value !== undefined) fields.set(field.attribute('var') ?? '', value);
    }
  }
  return {
    identities: (query?.childrenNamed('identity') ?? []).map((found) => ({
      category: found.attribute('category') ?? '',
      type: found.attribute('type') ?? '',
      name: found.attribute('name') ?? null,
    })),
    features: new Set((query?.childrenNamed('feature') ?? []).map((feature) => feature.attribute('var') ?? '')),
    fields,
  };
}

export const readDiscoItems = (result: XmlElement): readonly string[] =>
  (result.child('query', ns.discoItems)?.childrenNamed('item') ?? []).flatMap((item) => item.attribute('jid') ?? []);
