import { ns } from '../namespaces.ts';
import { XmlElement } from '../stream/xml/element.ts';

/** Stands where something secret was. */
export const hidden = '(hidden)';

/** Names that hold a secret wherever they stand: a login, a room, a bookmark, a relay. */
const secretNames = new Set(['password', 'passwd', 'digest', 'secret', 'token', 'key', 'preauth', 'credentials', 'hash-token']);
const secretAttributes = new Set(['password', 'passwd', 'secret', 'token', 'preauth']);
/** In a form only the name of a field tells what a person typed into it. */
const secretField = /pass|pwd|secret|token|otp|pin$|code|key|credential|auth/i;
/** Of a sign-in, everything is secret but what tells how it is done. */
const plainInSignIn = new Set(['mechanisms', 'mechanism', 'text', 'authorization-identifier', 'software', 'device']);
const secretHeaders = new Set(['authorization', 'cookie']);
const signIns = new Set<string | null>([ns.sasl, ns.sasl2]);

/** A copy without passwords, tokens and proofs. Rather too much is cut than too little: public keys go along. */
export function withoutCredentials(element: XmlElement): XmlElement {
  return copy(element, false);
}

function copy(element: XmlElement, isSecretAround: boolean): XmlElement {
  const isSignIn = signIns.has(element.namespace);
  const isSecret = isSignIn ? !plainInSignIn.has(element.name) : isSecretAround || isSecretElement(element);
  const attributes = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(element.attributes)) {
    attributes[name] = secretAttributes.has(name.toLowerCase()) ? hidden : shown(element, name, value);
  }
  const made = new XmlElement(element.name, element.namespace, attributes);
  for (const child of element.children) {
    if (typeof child !== 'string') made.children.push(copy(child, isSecret && !isSignIn));
    else made.children.push(isSecret && child.trim() !== '' ? hidden : child);
  }
  return made;
}

function isSecretElement(element: XmlElement): boolean {
  const name = element.name.toLowerCase();
  if (secretNames.has(name)) return true;
  if (element.is('field', ns.dataForms)) return isSecretField(element);
  return element.is('header', ns.upload) && secretHeaders.has((element.attribute('name') ?? '').toLowerCase());
}

function isSecretField(field: XmlElement): boolean {
  return field.attribute('type') === 'text-private' || secretField.test(field.attribute('var') ?? '');
}

/** Who knows the address to upload to may write there. */
function shown(element: XmlElement, name: string, value: string): string {
  const isUploadAddress = name === 'url' && element.is('put', ns.upload);
  return isUploadAddress ? value.replace(/\?.*$/s, `?${hidden}`) : value;
}
