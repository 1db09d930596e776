import type { AuditAction, ConversationId, PushId } from '#rpc';
import type { Connector, ConnectorContext, RemoteRef } from '../connector.ts';
import { audit } from '../ledger/audit.ts';
import type { ConnectionRecord } from '../ledger/connections.ts';
import type { PushDesk } from './push-desk.ts';

/** One attempt at one push. */
export interface PushRun {
  readonly desk: PushDesk;
  readonly pushId: PushId;
  readonly conversationId: ConversationId;
  readonly connection: ConnectionRecord;
  readonly connector: Connector;
  readonly context: ConnectorContext;
  readonly auditBase: () => {
    readonly atMs: number;
    readonly connectionId: ConnectionRecord['id'];
    readonly connectionName: string;
    readonly conversationId: ConversationId;
    readonly pushId: PushId;
  };
  readonly audit: (action: AuditAction, ref: RemoteRef, key: string, detail?: string) => void;
}

export async function createPushRun(
  desk: PushDesk,
  pushId: PushId,
  conversationId: ConversationId,
  connection: ConnectionRecord,
  signal: AbortSignal,
): Promise<PushRun> {
  const auditBase = () => ({
    atMs: desk.nowMs(),
    connectionId: connection.id,
    connectionName: connection.name,
    conversationId,
    pushId,
  });
  return {
    desk,
    pushId,
    conversationId,
    connection,
    connector: await desk.connectorOf(connection),
    context: await desk.contextOf(connection, signal),
    auditBase,
    audit: (action, ref, key, detail) => audit.add(desk.db, { ...auditBase(), action, ref, key, detail }),
  };
}
