import type { ProbeFinding, ProbeResult } from '#rpc';
import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asText } from '../http/json-value.ts';
import { callFrappe, listDocuments } from './call-frappe.ts';
import { keyField } from './kinds.ts';
import type { Kind } from './kinds.ts';
import { hasKeyField } from './people.ts';

/** Who the key belongs to, what that user may read, and whether the field for our key is there. */
export async function probe(context: ConnectorContext, kind: Kind): Promise<ProbeResult> {
  const user = asText((await callFrappe(context, 'GET', '/api/method/frappe.auth.get_logged_user'))['message']);
  const findings: ProbeFinding[] = [];
  for (const doctype of [kind.doctype, 'Comment', 'File']) {
    if (!(await mayRead(context, doctype))) findings.push({ severity: 'error', code: 'right-missing', detail: `${doctype}: read, create, delete` });
  }
  if (kind.valuesOf !== undefined && findings.length === 0 && !(await hasKeyField(context, kind))) {
    findings.push({ severity: 'error', code: 'frappe-field-missing', detail: `${kind.doctype}: ${keyField}` });
  }
  return { isUsable: findings.length === 0, signedInAs: user === '' ? null : user, version: null, findings };
}

/** A doctype that is not installed (Lead without ERPNext, Employee without HR) is "not found". */
async function mayRead(context: ConnectorContext, doctype: string): Promise<boolean> {
  try {
    await listDocuments(context, doctype, [], ['name'], { limit: 1 });
    return true;
  } catch (error) {
    if (error instanceof Permanent && (error.code === 'forbidden' || error.code === 'record-gone')) return false;
    throw error;
  }
}
