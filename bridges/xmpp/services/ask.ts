import { BridgeError } from '#bridge';
import { parseJid, formatBare, fullJid } from '../jid.ts';
import type { IqRequest } from '../stream/iq-tracker.ts';
import { StanzaError } from '../stream/stanza-error.ts';
import type { XmlElement } from '../stream/xml/element.ts';

/** Somebody may have to find their phone first. */
export const patientDeadlineMs = 180_000;
/** To look something up nobody waits longer. */
export const quickDeadlineMs = 15_000;

/** Waits for an answer as long as the person does. @throws BridgeError `cancelled` and whatever the request ends with */
export async function ask<Answer = XmlElement>(request: (iq: IqRequest) => Promise<Answer>, iq: IqRequest, signal: AbortSignal): Promise<Answer> {
  if (signal.aborted) throw new BridgeError('cancelled');
  return await new Promise<Answer>((resolve, reject) => {
    const cancel = (): void => reject(new BridgeError('cancelled'));
    signal.addEventListener('abort', cancel, { once: true });
    request(iq)
      .then(resolve, (error: unknown) => reject(asDialogFault(error)))
      .finally(() => signal.removeEventListener('abort', cancel));
  });
}

/** Errors that say that nobody read the form, rather than what was wrong with it. */
const unreadConditions: ReadonlySet<string> = new Set(['remote-server-not-found', 'remote-server-timeout', 'recipient-unavailable', 'service-unavailable', 'feature-not-implemented']);

/** As {@link ask}; a refusal of what a person entered is an answer. */
export const askForm = (request: (iq: IqRequest) => Promise<XmlElement>, iq: IqRequest, signal: AbortSignal): Promise<XmlElement | StanzaError> =>
  ask<XmlElement | StanzaError>(
    (asked) =>
      request(asked).catch((error: unknown) => {
        if (error instanceof StanzaError && !unreadConditions.has(error.condition)) return error;
        throw error;
      }),
    iq,
    signal,
  );

/**
 * An error in answer to a form is a word to the person who filled it in, and rarely what its condition says elsewhere:
 * gateways answer a wrong password of theirs with `internal-server-error`.
 */
export function asDialogFault(error: unknown): BridgeError {
  if (!(error instanceof StanzaError)) return error instanceof BridgeError ? error : new BridgeError('internal', { detail: String(error) });
  const isTheirs = ['server-unreachable', 'conflict'].includes(error.fault.code) && error.condition !== 'remote-server-timeout';
  const { server, detail } = error.fault;
  return isTheirs ? new BridgeError('rejected', { server, detail }) : error;
}

/** An address a person typed, without or with a resource. @throws BridgeError `wrong-address` */
export function serviceAddress(text: string): string {
  const trimmed = text.trim().replace(/^xmpp:/i, '').replace(/\?.*$/s, '');
  const jid = parseJid(trimmed);
  const address = jid === null ? null : jid.resource === '' ? formatBare(jid) : fullJid(trimmed);
  if (address === null) throw new BridgeError('wrong-address', { server: trimmed.slice(0, 200) });
  return address;
}
