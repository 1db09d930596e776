import type { ProbeFinding, ProbeResult } from '#rpc';
import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callHubspot } from './call-hubspot.ts';
import { containerKind } from './containers.ts';
import { keyProperty, portalOf, recordKind } from './records.ts';

/** Asks for the account, our property, and one of everything a push reads; each finding says what an administrator has to add. */
export async function probe(context: ConnectorContext): Promise<ProbeResult> {
  const portal = await portalOf(context);
  const kinds = [...new Set(['contact', containerKind(context)])].map((kind) => recordKind(kind).plural);
  const findings: ProbeFinding[] = [];
  for (const plural of kinds) {
    findings.push(...(await scopeFindings(context, `/crm/v3/objects/${plural}?limit=1`, `crm.objects.${plural}.read, crm.objects.${plural}.write`)));
    findings.push(...(await propertyFindings(context, plural)));
  }
  findings.push(...(await scopeFindings(context, '/files/v3/files/search?limit=1', 'files')));
  return { isUsable: findings.every(({ severity }) => severity !== 'error'), signedInAs: `HubSpot ${portal}`, version: null, findings };
}

async function propertyFindings(context: ConnectorContext, plural: string): Promise<readonly ProbeFinding[]> {
  const values = { name: keyProperty, record: plural };
  const [property, refusal] = await ask(context, `/crm/v3/properties/${plural}/${keyProperty}`);
  if (refusal === 'forbidden') return [{ severity: 'error', code: 'scope-missing', detail: `crm.schemas.${plural}.read` }];
  if (property === null) return [{ severity: 'error', code: 'property-missing', values }];
  return property['hasUniqueValue'] === true ? [] : [{ severity: 'error', code: 'property-not-unique', values }];
}

async function scopeFindings(context: ConnectorContext, path: string, scopes: string): Promise<readonly ProbeFinding[]> {
  const [, refusal] = await ask(context, path);
  return refusal === null ? [] : [{ severity: 'error', code: 'scope-missing', detail: scopes }];
}

async function ask(context: ConnectorContext, path: string): Promise<[answer: JsonRecord | null, refusal: string | null]> {
  try {
    return [await callHubspot(context, 'GET', path), null];
  } catch (error) {
    if (error instanceof Permanent && (error.code === 'forbidden' || error.code === 'record-gone')) return [null, error.code];
    throw error;
  }
}
