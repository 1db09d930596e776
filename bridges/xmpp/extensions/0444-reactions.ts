/** XEP-0444 Message Reactions, version 0.2.1 — https://xmpp.org/extensions/xep-0444.html */
import type { ReactionLimits } from '#model';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { usableId } from './0359-stable-ids.ts';
import { ns } from '../namespaces.ts';

const mostEmojis = 20;
const longestEmoji = 40;
const mostAllowed = 200;
const restrictions = 'urn:xmpp:reactions:0:restrictions';

/** All reactions of one person to one message; an empty list takes them back. */
export interface Reactions {
  readonly id: string;
  readonly emojis: readonly string[];
}

export function readReactions(message: XmlElement): Reactions | null {
  const reactions = message.child('reactions', ns.reactions);
  const id = usableId(reactions?.attribute('id'));
  if (reactions === undefined || id === null) return null;
  const emojis = reactions.childrenNamed('reaction').map((reaction) => reaction.text().trim());
  return { id, emojis: usable(emojis).slice(0, mostEmojis) };
}

export const reactions = (id: string, emojis: readonly string[]): XmlElement =>
  element('reactions', { xmlns: ns.reactions, id }, ...emojis.map((emoji) => element('reaction', {}, emoji)));

/** What somebody's disco#info says about reactions it takes (section 2.2); null: nothing. */
export function readReactionLimits(result: XmlElement): ReactionLimits | null {
  const forms = result.child('query', ns.discoInfo)?.childrenNamed('x', ns.dataForms) ?? [];
  const form = forms.find((one) => valuesOf(one, 'FORM_TYPE')[0] === restrictions);
  if (form === undefined) return null;
  const most = valuesOf(form, 'max_reactions_per_user')[0]?.trim() ?? '';
  const allowed = usable(valuesOf(form, 'allowlist')).slice(0, mostAllowed);
  return {
    ...(/^[1-9]\d{0,3}$/.test(most) ? { perPerson: Number(most) } : {}),
    ...(allowed.length === 0 ? {} : { allowed }),
  };
}

const usable = (emojis: readonly string[]): string[] => [
  ...new Set(emojis.map((emoji) => emoji.trim()).filter((emoji) => emoji !== '' && emoji.length <= longestEmoji)),
];

const valuesOf = (form: XmlElement, name: string): string[] =>
  (form.childrenNamed('field').find((field) => field.attribute('var') === name)?.childrenNamed('value') ?? []).map((value) =>
    value.text(),
  );
