import type { ConnectionId, ConversationId, Fault, MessageId, PushRow } from '#rpc';
import type { WritableDb } from '../../store/database.ts';
import type { Connector, ConnectorContext, ConnectorManifest } from '../connector.ts';
import type { ConnectionRecord } from '../ledger/connections.ts';
import type { WordLocale } from '../text/words.ts';
import type { PushKeys } from './keys.ts';
import type { PushFiles, PushSource } from './push-source.ts';

/** What planning and writing share: the store, the clock, and who is told. */
export interface PushDesk {
  readonly db: WritableDb;
  readonly source: PushSource;
  readonly files: PushFiles;
  readonly nowMs: () => number;
  /** 0 … 1 */
  readonly random: () => number;
  readonly timeZone: string;
  /** Of the words in new plans. */
  readonly locale: () => WordLocale;
  /** @throws ConnectorError `locked` while the vault is closed */
  readonly keys: (connectionId: ConnectionId) => PushKeys;
  readonly manifestOf: (connection: ConnectionRecord) => ConnectorManifest;
  readonly connectorOf: (connection: ConnectionRecord) => Promise<Connector>;
  /** @throws ConnectorError `locked` while the vault is closed, or what the address is refused for */
  readonly contextOf: (connection: ConnectionRecord, signal: AbortSignal) => Promise<ConnectorContext>;
  readonly notify: PushNotices;
}

export interface PushNotices {
  readonly pushChanged: (push: PushRow) => void;
  readonly lineAdded: (conversationId: ConversationId, messageId: MessageId) => void;
  readonly messagesChanged: (conversationId: ConversationId, ids: readonly MessageId[]) => void;
  readonly connectionChanged: (id: ConnectionId, state: ConnectionRecord['state'], fault: Fault | null) => void;
}
