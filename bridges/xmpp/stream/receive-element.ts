import { BridgeError } from '#bridge';
import { ns } from '../namespaces.ts';
import type { Acknowledgements } from './acknowledgements.ts';
import { streamErrorFault } from './faults.ts';
import type { InboundQueue } from './inbound-queue.ts';
import type { IqTracker } from './iq-tracker.ts';
import type { StreamEngineOptions } from './stream-options.ts';
import type { XmlElement } from './xml/element.ts';

export interface ReceiverOptions extends Pick<StreamEngineOptions, 'stream' | 'handlers' | 'log'> {
  readonly iqs: IqTracker;
  readonly inbound: InboundQueue;
  readonly acknowledgements: Acknowledgements;
  /** Our full address. */
  jid(): string;
  noteFeatures(features: XmlElement): void;
  drop(error: BridgeError): void;
}

/** Takes the top-level elements of a session, each to whom it is for. */
export const createReceiver = (options: ReceiverOptions) => {
  const { stream, log, inbound, acknowledgements, noteFeatures, drop } = options;
  return (received: XmlElement): void => {
    if (received.namespace === ns.client) receiveStanza(received, options);
    else if (received.is('r', ns.streamManagement)) inbound.requestAcknowledgement();
    else if (received.is('a', ns.streamManagement)) acknowledgements.take(Number(received.attribute('h')));
    else if (received.is('features', ns.streams)) noteFeatures(received);
    else if (received.is('error', ns.streams)) drop(streamErrorFault(received, stream.domain));
    else log.debug('unknown stream element', { name: received.name });
  };
};

function receiveStanza(stanza: XmlElement, { iqs, inbound, handlers, log, jid, drop }: ReceiverOptions): void {
  const { name } = stanza;
  if (name !== 'message' && name !== 'presence' && name !== 'iq') {
    drop(new BridgeError('server-incompatible', { detail: `unknown stanza <${name.slice(0, 100)}/>` }));
    return;
  }
  const isAnswer = name === 'iq' && ['result', 'error'].includes(stanza.attribute('type') ?? '');
  if (isAnswer && !iqs.settle(stanza, jid())) log.debug('answer to nothing we asked');
  const isDone = isAnswer || handlers.claim(stanza);
  inbound.push(isDone ? null : stanza);
}
