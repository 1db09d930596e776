import type { CommandInfo } from '#model';
import { readRegistration, registrationQuery } from '../extensions/0077-in-band-registration.ts';
import { ns } from '../namespaces.ts';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { itemsIn } from './disco-items.ts';

/** Asks an address something; undefined: it has no answer. */
export type Question = (to: string, payload: XmlElement) => Promise<XmlElement | undefined>;

/** The command by which a gateway takes us in, where one form would not be enough (a code to scan, a second step). */
export const isEnterCommand = ({ node }: Pick<CommandInfo, 'node'>): boolean => node === ns.register;
/** The command by which it lets us go; slidge names it so. */
export const isLeaveCommand = ({ node }: Pick<CommandInfo, 'node'>): boolean => /(?:^|\/)unregister$/.test(node);

/** The commands that an address offers us (XEP-0050). */
export async function commandsAt(to: string, question: Question): Promise<readonly CommandInfo[]> {
  const answer = await question(to, element('query', { xmlns: ns.discoItems, node: ns.commands }));
  return answer === undefined ? [] : itemsIn(answer).flatMap(({ address, node, name }) => (node === null ? [] : [{ address, node, name: name ?? node }]));
}

/**
 * Whether we are signed in at a gateway. One that takes people in by a command offers it only to those who are not in;
 * the others say it with their form (XEP-0077 section 3.1.1). Null: it does not say.
 */
export async function isRegisteredAt(to: string, hasCommands: boolean, question: Question): Promise<boolean | null> {
  const commands = hasCommands ? (await commandsAt(to, question)).filter(({ address }) => address === to) : [];
  if (commands.some(isEnterCommand)) return false;
  if (commands.some(isLeaveCommand)) return true;
  const answer = await question(to, registrationQuery());
  return answer === undefined ? null : (readRegistration(answer)?.isRegistered ?? null);
}
