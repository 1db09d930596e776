/**
 * XEP-0441 Message Archive Management Preferences, version 0.2.0 — https://xmpp.org/extensions/xep-0441.html
 * The lists of single addresses are kept as they are. Left out: changing them.
 */
import type { ArchiveRule } from '#model';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

export interface ArchivePreferences {
  readonly rule: ArchiveRule;
  readonly always: readonly string[];
  readonly never: readonly string[];
}

const mostAddresses = 1_000;
const ruleByName: Readonly<Record<string, ArchiveRule>> = { always: 'always', never: 'never', roster: 'contacts' };
const nameByRule: Readonly<Record<ArchiveRule, string>> = { always: 'always', never: 'never', contacts: 'roster' };

export const preferencesQuery = (): XmlElement => element('prefs', { xmlns: ns.archive });

/** Null: the answer is none. */
export function readPreferences(result: XmlElement): ArchivePreferences | null {
  const prefs = result.child('prefs', ns.archive);
  const name = prefs?.attribute('default') ?? '';
  const rule = Object.hasOwn(ruleByName, name) ? ruleByName[name] : undefined;
  if (prefs === undefined || rule === undefined) return null;
  const addresses = (list: string): string[] =>
    (prefs.child(list)?.childrenNamed('jid') ?? []).slice(0, mostAddresses).map((jid) => jid.text());
  return { rule, always: addresses('always'), never: addresses('never') };
}

export const setPreferences = ({ rule, always, never }: ArchivePreferences): XmlElement =>
  element('prefs', { xmlns: ns.archive, default: nameByRule[rule] }, listOf('always', always), listOf('never', never));

const listOf = (name: string, addresses: readonly string[]): XmlElement =>
  element(name, {}, ...addresses.map((jid) => element('jid', {}, jid)));
