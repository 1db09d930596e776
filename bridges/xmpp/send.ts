import type { OutgoingMessage, RemoteAttachment, SendHints } from '#model';
import { outOfBand } from './extensions/0066-out-of-band-data.ts';
import { chatState, type ChatState } from './extensions/0085-chat-states.ts';
import { receipt, requestReceipt } from './extensions/0184-delivery-receipts.ts';
import { correction } from './extensions/0308-message-correction.ts';
import { displayed, markable } from './extensions/0333-chat-markers.ts';
import { hint } from './extensions/0334-processing-hints.ts';
import { originId } from './extensions/0359-stable-ids.ts';
import { mention } from './extensions/0372-references.ts';
import { spoiler } from './extensions/0382-spoilers.ts';
import { retraction } from './extensions/0424-message-retraction.ts';
import { fallback } from './extensions/0428-fallback.ts';
import { reactions } from './extensions/0444-reactions.ts';
import { fileSharing, fileSharingNamespace } from './extensions/0447-stateless-file-sharing.ts';
import { reply } from './extensions/0461-replies.ts';
import { ephemeral } from './extensions/0466-ephemeral-messages.ts';
import { element, type XmlElement, type XmlNode } from './stream/xml/element.ts';
import { ns } from './namespaces.ts';

/** Where a message goes: to one person, or to everybody in a room. */
export interface Recipient {
  readonly jid: string;
  readonly isRoom: boolean;
  /** A room that only members enter: those may tell each other what they read. */
  readonly isClosedRoom?: boolean | undefined;
}

/** Somebody whom the text names, from one letter to another in UTF-16 units. */
export interface NamedPerson {
  readonly uri: string;
  readonly start: number;
  readonly end: number;
}

type Child = XmlNode | null | false;

const message = (to: Recipient, id: string | undefined, ...children: readonly Child[]): XmlElement =>
  element('message', { to: to.jid, type: to.isRoom ? 'groupchat' : 'chat', id, xmlns: ns.client }, ...children);

/** A message stanza. The transaction id is message id and origin-id in one, so every echo of it can be recognised. */
export function textMessage(
  to: Recipient,
  outgoing: OutgoingMessage,
  original: { readonly id: string; readonly author: string | undefined } | null,
  attachment: RemoteAttachment | null,
  named: readonly NamedPerson[] = [],
): XmlElement {
  const id = outgoing.transactionId;
  // The address of a file stands last, for clients that read only the text; alone, when there is no caption.
  const text = [outgoing.text, attachment?.remoteId ?? ''].filter((part) => part !== '').join('\n');
  const { body, elements } =
    original === null
      ? { body: text, elements: [] }
      : reply(original.id, original.author, outgoing.replyTo?.excerpt, text);
  return message(
    to,
    id,
    element('body', {}, body),
    ...elements,
    ...(attachment === null ? [] : fileElements(outgoing, attachment, body)),
    ...named.map((person) => mentionIn(body, text, person)),
    ...hintElements(outgoing.hints),
    originId(id),
    !to.isRoom && requestReceipt(),
    (!to.isRoom || to.isClosedRoom === true) && markable(),
    chatState('active'),
  );
}

/** The text stands at the end of the body, behind what is quoted. Places are counted in code points there. */
function mentionIn(body: string, text: string, { uri, start, end }: NamedPerson): XmlElement {
  const before = [...body].length - [...text].length;
  const [begin, until] = [start, end].map((place) => before + [...text.slice(0, place)].length);
  return mention(uri, begin ?? 0, until ?? 0);
}

const hintElements = ({ spoiler: words, lifetimeMs }: SendHints = {}): XmlElement[] => [
  ...(words === undefined ? [] : [spoiler(words)]),
  ...(lifetimeMs === undefined ? [] : [ephemeral(lifetimeMs)]),
];

/** The file for clients that know XEP-0447, and for those that know only XEP-0066 or the text. */
function fileElements({ attachment: file }: OutgoingMessage, { remoteId: url }: RemoteAttachment, body: string): XmlElement[] {
  if (file === undefined) return [outOfBand(url)];
  const end = [...body].length;
  const range = { start: end - [...url].length, end };
  return [fileSharing(file, url), fallback(fileSharingNamespace, range), outOfBand(url)];
}

/** A correction stands in the place of the whole message: what was hidden stays so. */
export const correctionMessage = (to: Recipient, id: string, target: string, text: string, hints?: SendHints): XmlElement =>
  message(to, id, element('body', {}, text), correction(target), ...hintElements(hints), originId(id), chatState('active'));

export const retractionMessage = (to: Recipient, id: string, target: string): XmlElement =>
  message(to, id, ...retraction(target), originId(id), hint('store'));

export const reactionMessage = (to: Recipient, id: string, target: string, emojis: readonly string[]): XmlElement =>
  message(to, id, reactions(target, emojis), originId(id), hint('store'));

export const typingMessage = (to: Recipient, state: ChatState): XmlElement =>
  message(to, undefined, chatState(state), hint('no-store'));

export const displayedMessage = (to: Recipient, id: string, target: string): XmlElement =>
  message(to, id, displayed(target), hint('store'));

/** Goes to the bare address: any of the sender's devices may want to know. */
export const receiptMessage = (to: string, id: string, target: string): XmlElement =>
  message({ jid: to, isRoom: false }, id, receipt(target), hint('store'));
