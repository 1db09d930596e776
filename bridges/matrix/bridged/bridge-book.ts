/** What a person told us about bridges that tell nothing themselves; in the account's data, so that every device has it. */
import { networkId, type NetworkId } from '#model';
import { asArray, asRecord, asString, entriesOf, type JsonRecord } from '../event-shape.ts';
import { isRoomId } from '../ids.ts';
import type { MatrixStore } from '../store/matrix-store.ts';
import { networkOfProtocol, type GhostFamily } from './networks.ts';

export const bridgeBookType = 'app.palomar.bridges';

const mostEntries = 200;

export interface BridgeBook {
  readonly families: readonly GhostFamily[];
  readonly rooms: ReadonlyMap<string, NetworkId>;
}

const local = /^[a-z0-9._=/+-]{1,100}$/u;

const readFamily = (value: unknown): GhostFamily | null => {
  const record = asRecord(value);
  const prefix = asString(record['prefix']);
  const bot = asString(record['bot']) ?? '';
  const network = networkOfProtocol(record['network']);
  // A prefix of one letter would make ghosts of everybody.
  if (prefix === undefined || prefix.length < 3 || !local.test(prefix) || network === null) return null;
  return { prefix, bot: local.test(bot) ? bot : '', network, isOurs: record['is_ours'] === true };
};

/** Reads the content of the account data; what is no entry is passed over. */
export const readBridgeBook = (content: JsonRecord): BridgeBook => ({
  families: asArray(content['families'])
    .slice(0, mostEntries)
    .flatMap((value) => readFamily(value) ?? []),
  rooms: new Map(
    entriesOf(content['rooms'])
      .slice(0, mostEntries)
      .flatMap(([roomId, network]) => {
        const known = networkOfProtocol(network);
        return isRoomId(roomId) && known !== null ? [[roomId, networkId(known)] as const] : [];
      }),
  ),
});

export const bridgeBookOf = (store: MatrixStore): BridgeBook => readBridgeBook(store.accountData.content(bridgeBookType));
