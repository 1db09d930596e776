/**
 * XEP-0317 Hats, version 0.3.1 — https://xmpp.org/extensions/xep-0317.html
 * with the namespace from before the XEP chose one, in which Prosody 0.12 and ejabberd 23 write them. Left out: giving and
 * taking hats, colours.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

export type HatForm = 'current' | 'old';

/** A title that stands in a presence, whoever put it there. */
export interface Hat {
  readonly form: HatForm;
  readonly title: string;
}

const forms: readonly (readonly [form: HatForm, namespace: string])[] = [
  ['current', ns.hats],
  ['old', ns.oldHats],
];
const mostHats = 10;
const longestTitle = 100;

export const readHats = (presence: XmlElement): readonly Hat[] =>
  forms.flatMap(([form, namespace]) =>
    (presence.child('hats', namespace)?.childrenNamed('hat') ?? []).slice(0, mostHats).flatMap((hat) => {
      const title = (hat.attribute('title') ?? '').trim().slice(0, longestTitle);
      return title === '' ? [] : { form, title };
    }),
  );

/**
 * What we claim as we enter: nothing, in each form. No server tells beforehand whether its rooms take out what people
 * claim of themselves, but what comes back of this does (`keptForms`).
 */
export const noHats = (): XmlElement[] => forms.map(([, namespace]) => element('hats', { xmlns: namespace }));

/** The forms that the room keeps to itself, by our own presence as it came back with `noHats`. */
export const keptForms = (echo: XmlElement): ReadonlySet<HatForm> =>
  new Set(forms.filter(([, namespace]) => !echo.elements().some((child) => child.is('hats', namespace) && child.elements().length === 0)).map(([form]) => form));

/** Titles that the room vouches for, each once. */
export const titlesIn = (hats: readonly Hat[], trusted: ReadonlySet<HatForm>): readonly string[] => [
  ...new Set(hats.filter(({ form }) => trusted.has(form)).map(({ title }) => title)),
];
