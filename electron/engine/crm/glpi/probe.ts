import type { ProbeFinding, ProbeResult } from '#rpc';
import type { ConnectorContext } from '../connector.ts';
import { asRecord, asText } from '../http/json-value.ts';
import { readJson } from '../http/read-json.ts';
import { callGlpi } from './call-glpi.ts';

/** Rights of a profile are sums of these (CommonDBTM and ITILFollowup of GLPI). */
const create = 4;
const purge = 16;
const addToAll = 4096;
const seePrivate = 8192;

/** What a push does there, by the right it takes; the words are those of GLPI's own form in English. */
const needed: readonly (readonly [right: string, bit: number, words: string])[] = [
  ['ticket', create, 'Tickets: Create'],
  ['followup', addToAll, 'Followups: Add to all items'],
  // Without it our own followups could not be found again, and everything would be written twice.
  ['followup', seePrivate, 'Followups: See private ones'],
  ['document', create, 'Documents: Create'],
];

/** Signs in and reads the rights of the active profile. */
export async function probe(context: ConnectorContext): Promise<ProbeResult> {
  const profile = asRecord(asRecord(readJson(await callGlpi(context, 'GET', '/getActiveProfile')))['active_profile']);
  const has = (right: string, bit: number): boolean => (Number(asText(profile[right]) || 0) & bit) !== 0;
  const findings: ProbeFinding[] = needed.filter(([right, bit]) => !has(right, bit)).map(([, , words]) => ({ severity: 'error', code: 'right-missing', detail: words }));
  if (!has('ticket', purge)) findings.push({ severity: 'warning', code: 'right-useful', detail: 'Tickets: Delete permanently' });
  const name = asText(profile['name']);
  return { isUsable: findings.every(({ severity }) => severity !== 'error'), signedInAs: name === '' ? null : name, version: null, findings };
}
