/**
 * XEP-0050 Ad-Hoc Commands, version 1.3.0 — https://xmpp.org/extensions/xep-0050.html
 * The asking side. Left out: commands of our own, payloads other than data forms.
 */
import type { DialogAction, DialogNote } from '#bridge';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

/** One stage of a command, as the other side describes it. */
export interface CommandStage {
  readonly sessionId: string | null;
  readonly status: 'executing' | 'completed' | 'canceled';
  /** The first is the one that Enter means. */
  readonly actions: readonly Exclude<DialogAction, 'cancel'>[];
  readonly notes: readonly DialogNote[];
  readonly form: XmlElement | undefined;
}

const mostNotes = 20;
const longestNote = 4_000;
const longestSession = 1_000;

const wireNames = { previous: 'prev', next: 'next', complete: 'complete', cancel: 'cancel' } as const;
const noteKinds = { info: 'info', warn: 'warning', error: 'error' } as const;

/** The first request of a command. */
export const executeCommand = (node: string): XmlElement => element('command', { xmlns: ns.commands, node, action: 'execute' });

/** A request within a command that is under way. */
export const continueCommand = (node: string, sessionId: string | null, action: DialogAction, form?: XmlElement): XmlElement =>
  element('command', { xmlns: ns.commands, node, sessionid: sessionId ?? undefined, action: wireNames[action] }, form);

/** The answer to a request; null when it is none. */
export function readCommand(result: XmlElement): CommandStage | null {
  const command = result.child('command', ns.commands);
  if (command === undefined) return null;
  const status = command.attribute('status');
  return {
    sessionId: command.attribute('sessionid')?.slice(0, longestSession) ?? null,
    status: status === 'executing' || status === 'canceled' ? status : 'completed',
    actions: readActions(command.child('actions')),
    notes: command.childrenNamed('note').slice(0, mostNotes).map(readNote),
    form: command.child('x', ns.dataForms),
  };
}

/**
 * Section 3.4: without a list the command has one stage left. `execute` names the default; without it, or where it
 * names what is not on the list, going on is.
 */
function readActions(actions: XmlElement | undefined): CommandStage['actions'] {
  if (actions === undefined) return ['complete'];
  const known = (['next', 'complete', 'previous'] as const).filter((action) => actions.child(wireNames[action]) !== undefined);
  if (known.length === 0) return ['complete'];
  const preferred = known.find((action) => wireNames[action] === actions.attribute('execute'));
  return preferred === undefined ? known : [preferred, ...known.filter((action) => action !== preferred)];
}

function readNote(note: XmlElement): DialogNote {
  const type = note.attribute('type') ?? 'info';
  const kind = Object.hasOwn(noteKinds, type) ? noteKinds[type as keyof typeof noteKinds] : 'info';
  return { kind, text: note.text().slice(0, longestNote) };
}
