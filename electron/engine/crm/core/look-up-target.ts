import type { ConversationId, Fault, PushEffect } from '#rpc';
import type { Candidate, Connector, ConnectorContext, ConnectorManifest, RemoteRef, TargetQuery } from '../connector.ts';
import { toConnectorError } from '../errors.ts';
import type { ConnectionRecord } from '../ledger/connections.ts';
import { links } from '../ledger/links.ts';
import { chooseTarget } from './choose-target.ts';
import type { TargetChoice } from './choose-target.ts';
import { matchCandidate } from './match-candidate.ts';
import type { PlanContent } from './plan.ts';
import { choiceKey } from './choice-key.ts';
import type { PushDesk } from './push-desk.ts';
import { withDifferences } from './record-differences.ts';
import { toFault } from './to-fault.ts';

export interface TargetLookUp extends TargetChoice {
  readonly effects: readonly PushEffect[];
  /** The CRM could not be asked; a linked record can be pushed to all the same. */
  readonly fault: Fault | null;
}

export type TargetWish = Pick<PlanContent, 'contactKey' | 'containerKey' | 'contact' | 'container'> & {
  readonly conversationId: ConversationId;
};

const lookUpTimeoutMs = 15_000;

/**
 * Asks the CRM who this may be, unless we know. What it answers is checked here: see {@link matchCandidate}.
 * @param asksAlways also when a record is linked, so that a person can choose another one
 */
export async function lookUpTarget(
  desk: PushDesk,
  connection: ConnectionRecord,
  wish: TargetWish,
  asksAlways: boolean,
): Promise<TargetLookUp> {
  const connector = await desk.connectorOf(connection);
  const { manifest } = connector;
  const key = choiceKey(manifest, wish);
  const link = links.get(desk.db, connection.id, key);
  const facts = {
    rejections: links.rejections(desk.db, connection.id, key),
    createKind: createdKind(manifest),
    createTitle: manifest.chooses === 'contact' ? wish.contact.name : wish.container.title,
    link: (ref: RemoteRef) => connector.link(connection.values, ref),
  };
  const linked = link === null ? null : { ref: link.ref, title: link.ref.title ?? '' };
  if (linked !== null && !asksAlways) {
    return { ...chooseTarget({ ...facts, linked, matches: [] }), effects: [], fault: null };
  }
  try {
    const context = await desk.contextOf(connection, AbortSignal.timeout(lookUpTimeoutMs));
    const query: TargetQuery = { identifiers: wish.contact.identifiers, name: wish.contact.name };
    const [candidates, known, effects] = await Promise.all([
      connector.findTargets(context, query),
      linked === null ? knownByKey(connector, context, key) : Promise.resolve(linked),
      connector.sideEffects?.(context) ?? Promise.resolve([]),
    ]);
    const matches = candidates.map((candidate: Candidate) => matchCandidate(candidate, query, null)).filter((match) => match !== null);
    const choice = chooseTarget({ ...facts, linked: known, matches });
    // A ledger remembers what a record was called once; only what has just been read is compared.
    const read = linked === null && known !== null ? [{ ...known, subtitle: '', identifiers: [] }, ...candidates] : candidates;
    return { ...withDifferences(choice, read, query), effects, fault: null };
  } catch (error) {
    // Nobody was asked, so "none found" would be a lie: only a linked record can be suggested.
    const choice = chooseTarget({ ...facts, linked, matches: [] });
    return { ...choice, suggestedKey: linked === null ? null : choice.suggestedKey, effects: [], fault: toFault(toConnectorError(error)) };
  }
}

/** Written by another device of the team, or before a ledger was lost. */
async function knownByKey(connector: Connector, context: ConnectorContext, key: string) {
  const [found] = await connector.findByKey(context, connector.manifest.chooses, key, null);
  return found === undefined ? null : { ref: found, title: found.title ?? '' };
}

const createdKind = (manifest: ConnectorManifest): string => manifest.recordKinds[0] ?? 'record';
