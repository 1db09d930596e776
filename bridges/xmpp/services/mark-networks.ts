import type { BridgeEvent, BridgeHost } from '#bridge';
import type { NetworkId } from '#model';

/** Puts the network behind a gateway into everything that is told about its people. */
export const markNetworks = (host: BridgeHost, networkOf: (jid: string) => NetworkId | undefined): BridgeHost => {
  const mark = (event: BridgeEvent): BridgeEvent => {
    const network = event.type === 'person.upserted' ? networkOf(event.person.handle) : undefined;
    return event.type !== 'person.upserted' || network === undefined ? event : { ...event, person: { ...event.person, network } };
  };
  return { ...host, emit: (events, savedState) => host.emit(events.map(mark), savedState) };
};
