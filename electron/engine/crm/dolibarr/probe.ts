import type { ProbeFinding, ProbeResult } from '#rpc';
import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asRecord, asText } from '../http/json-value.ts';
import { callDolibarr, listDolibarr } from './call-dolibarr.ts';

/** Documents of contacts can be uploaded from here on (https://github.com/Dolibarr/dolibarr/pull/24223). */
const oldest = 18;

/** Version, user, and whether that user may see contacts and events. */
export async function probe(context: ConnectorContext): Promise<ProbeResult> {
  const version = asText(asRecord(asRecord(await callDolibarr(context, 'GET', '/status'))['success'])['dolibarr_version']);
  const user = asRecord(await callDolibarr(context, 'GET', '/users/info'));
  const findings: ProbeFinding[] = [];
  if (!(await mayRead(context, '/contacts', `(t.ref_ext:=:'pal1.nobody')`))) findings.push(missing('Contacts: read, create, delete'));
  if (!(await mayRead(context, '/agendaevents', '(t.fk_contact:=:0)', 't.id'))) findings.push(missing('Agenda: read, create, delete'));
  const major = Number.parseInt(version, 10);
  if (major < oldest) findings.push({ severity: 'error', code: 'version-too-old', detail: version, values: { oldest: String(oldest) } });
  return { isUsable: findings.length === 0, signedInAs: asText(user['login']) || null, version: version === '' ? null : version, findings };
}

const missing = (detail: string): ProbeFinding => ({ severity: 'error', code: 'right-missing', detail });

/** The module may be switched off, too: then the address is not known there, which a list cannot tell from "nothing found". */
async function mayRead(context: ConnectorContext, path: string, filter: string, sortField?: string): Promise<boolean> {
  try {
    await listDolibarr(context, path, filter, { limit: 1, ...(sortField === undefined ? {} : { sortField }) });
    return true;
  } catch (error) {
    if (error instanceof Permanent && error.code === 'forbidden') return false;
    throw error;
  }
}
