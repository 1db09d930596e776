/**
 * XEP-0157 Contact Addresses for XMPP Services, version 1.1.1 — https://xmpp.org/extensions/xep-0157.html
 * Left out: publishing (we are no service).
 */
import { dataFormIn, fieldValues, formTypeOf } from './0004-data-forms.ts';
import type { XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

export const contactKinds = ['support', 'admin', 'abuse', 'security', 'status', 'feedback', 'sales'] as const;
export type ContactKind = (typeof contactKinds)[number];

export interface ServerContact {
  readonly kind: ContactKind;
  /** An address that a person can go to: `xmpp:`, `mailto:`, `https:`. */
  readonly uri: string;
}

const serverInfoType = 'http://jabber.org/network/serverinfo';
const mostPerKind = 5;
const longestUri = 500;
/** Whatever else a server names is nothing to click on. */
const usableUri = /^(xmpp:|mailto:|https:\/\/)[^\s<>"'\\\p{Cc}\p{Cf}]+$/u;

/** The contacts in a server's answer to disco#info. */
export function readServerContacts(discoInfo: XmlElement): readonly ServerContact[] {
  const query = discoInfo.child('query', ns.discoInfo);
  const forms = query?.childrenNamed('x', ns.dataForms) ?? [];
  const form = forms.find((one) => formTypeOf(one) === serverInfoType) ?? (query === undefined ? undefined : onlyForm(query));
  if (form === undefined) return [];
  return contactKinds.flatMap((kind) => {
    const uris = fieldValues(form, `${kind}-addresses`).map((uri) => uri.trim());
    return [...new Set(uris)]
      .filter((uri) => uri.length <= longestUri && usableUri.test(uri))
      .slice(0, mostPerKind)
      .map((uri) => ({ kind, uri }));
  });
}

/** Some servers leave the type out. */
function onlyForm(query: XmlElement): XmlElement | undefined {
  const form = dataFormIn(query);
  return form !== undefined && formTypeOf(form) === null ? form : undefined;
}
