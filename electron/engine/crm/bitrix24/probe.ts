import type { ProbeFinding, ProbeResult } from '#rpc';
import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import { callBitrix } from './call-bitrix.ts';

/** Who the webhook acts for, whether CRM is ticked in it, and whether that user may see contacts (and deals, where they are written to). */
export async function probe(context: ConnectorContext): Promise<ProbeResult> {
  const profile = asRecord((await callBitrix(context, 'profile')).result);
  const name = [asText(profile['NAME']), asText(profile['LAST_NAME'])].filter((part) => part !== '').join(' ');
  const scopes = asArray((await callBitrix(context, 'scope')).result).map(asText);
  const findings: ProbeFinding[] = [];
  if (!scopes.includes('crm')) findings.push({ severity: 'error', code: 'webhook-scope-missing', detail: 'CRM (crm)' });
  else {
    if (!(await maySee(context, 'contact'))) findings.push({ severity: 'error', code: 'right-missing', detail: 'CRM › Contacts: read, add' });
    const isDeals = context.values['recordKind'] === 'deal';
    if (isDeals && !(await maySee(context, 'deal'))) findings.push({ severity: 'error', code: 'right-missing', detail: 'CRM › Deals: read, add' });
  }
  return { isUsable: findings.length === 0, signedInAs: name === '' ? null : name, version: null, findings };
}

async function maySee(context: ConnectorContext, kind: 'contact' | 'deal'): Promise<boolean> {
  try {
    await callBitrix(context, `crm.${kind}.list`, { filter: { ORIGINATOR_ID: 'palomar' }, select: ['ID'], order: { ID: 'ASC' } });
    return true;
  } catch (error) {
    if (error instanceof Permanent && error.code === 'forbidden') return false;
    throw error;
  }
}
