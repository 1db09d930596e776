import type { ConversationId, CrmSummary } from '#rpc';
import { connections } from '../ledger/connections.ts';
import type { ConnectionRecord } from '../ledger/connections.ts';
import { links } from '../ledger/links.ts';
import { pushRows } from '../ledger/push-rows.ts';
import { pushedMessages } from '../ledger/pushed-messages.ts';
import { neverBy } from './never-push.ts';
import type { PushDesk } from './push-desk.ts';
import type { SourceConversation } from './push-source.ts';
import { ConnectorError } from '../errors.ts';

/** What is in each CRM of this conversation and what is not; asks nobody but the store. */
export async function summarize(desk: PushDesk, id: ConversationId): Promise<readonly CrmSummary[]> {
  const conversation = desk.source.conversation(id);
  if (conversation === null) return [];
  return Promise.all(connections.list(desk.db).map((connection) => summaryOf(desk, connection, conversation)));
}

async function summaryOf(desk: PushDesk, connection: ConnectionRecord, conversation: SourceConversation): Promise<CrmSummary> {
  const counts = pushedMessages.counts(desk.db, connection.id, conversation.id);
  const link = linkOf(desk, connection, conversation);
  const url = link === null ? null : (await desk.connectorOf(connection)).link(connection.values, link.ref);
  const never = neverBy(desk.db, conversation.id);
  const manifest = desk.manifestOf(connection);
  const open = pushRows.openOf(desk.db, connection.id, conversation.id)[0] ?? null;
  return {
    connectionId: connection.id,
    connectionName: connection.name,
    connectorId: connection.connectorId,
    targetTitle: link?.ref.title ?? null,
    url,
    pushedMessageCount: counts.pushedMessages,
    pushedFileCount: counts.pushedFiles,
    unpushedMessageCount: counts.openMessages,
    unpushedFileCount: counts.openFiles,
    lastPushedAtMs: counts.lastPushedAtMs,
    canPushAtOnce:
      link !== null && connection.isOneClick && connection.state !== 'needs-login' && never === null && manifest.isPersonnel !== true,
    neverBy: never,
    openPush: open,
  };
}

/** The record that stands for the conversation; unknown while the keys are sealed. */
export function linkOf(desk: PushDesk, connection: ConnectionRecord, conversation: SourceConversation) {
  const manifest = desk.manifestOf(connection);
  try {
    const keys = desk.keys(connection.id);
    const container = links.get(desk.db, connection.id, keys.container(conversation.stableId));
    if (container !== null || manifest.chooses === 'container') return container;
    return links.get(desk.db, connection.id, keys.contact(conversation.network, conversation.handle));
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'locked') return null;
    throw error;
  }
}
