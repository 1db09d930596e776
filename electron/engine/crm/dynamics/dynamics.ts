import type { ProbeFinding, ProbeResult } from '#rpc';
import type { Connector, ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asText } from '../http/json-value.ts';
import { addFile, addNote, findFiles, findNotes, withdrawAnnotation } from './annotations.ts';
import { callDynamics, guidOf } from './call-dynamics.ts';
import type { Table } from './call-dynamics.ts';
import { casesByKey, createCase } from './cases.ts';
import { contactsByKey, createContact, fillContact, findContacts } from './contacts.ts';
import { environmentAddress, manifest } from './manifest.ts';
import { readDynamicsRecord } from './record.ts';

/** Dynamics 365 (Dataverse): a contact (below it a case, if wanted), a note in its timeline for each push, files as notes with an attachment. */
export const dynamics: Connector = {
  manifest,
  origin: environmentAddress,
  probe,
  findTargets: findContacts,
  findByKey: (context, role, key) => (role === 'contact' ? contactsByKey(context, key) : casesByKey(context, key)),
  createContact,
  fillContact,
  createContainer: createCase,
  findNotes,
  append: addNote,
  findFiles,
  attach: addFile,
  withdraw: (context, ref, key) =>
    ref.role === 'note' || ref.role === 'file'
      ? withdrawAnnotation(context, ref, key)
      : Promise.reject(new Permanent('rejected', { detail: `Dynamics 365 keeps the ${ref.kind}` })),
  readRecord: readDynamicsRecord,
  link: (values, ref) => `${environmentAddress(values)}/main.aspx?etn=${ref.kind === 'case' ? 'incident' : 'contact'}&id=${guidOf(ref.id)}&pagetype=entityrecord`,
};

const names: Readonly<Record<Table, string>> = { contacts: 'Contact', incidents: 'Case', annotations: 'Note' };

/** Who we are, and whether contacts and notes (and cases, where they are written to) may be read. Rights to write show with the first push. */
async function probe(context: ConnectorContext): Promise<ProbeResult> {
  const { UserId: id } = await callDynamics(context, 'GET', '/WhoAmI');
  const user = await callDynamics(context, 'GET', `/systemusers(${guidOf(id)})?$select=fullname`);
  const findings: ProbeFinding[] = [];
  const tables: readonly Table[] = context.values['recordKind'] === 'case' ? ['contacts', 'annotations', 'incidents'] : ['contacts', 'annotations'];
  for (const table of tables) findings.push(...(await findingsOf(context, table)));
  return { isUsable: findings.length === 0, signedInAs: asText(user['fullname']) || null, version: null, findings };
}

async function findingsOf(context: ConnectorContext, table: Table): Promise<readonly ProbeFinding[]> {
  try {
    await callDynamics(context, 'GET', `/${table}?$top=1&$select=createdon`);
    return [];
  } catch (error) {
    if (!(error instanceof Permanent)) throw error;
    if (error.code === 'forbidden') return [{ severity: 'error', code: 'right-missing', detail: `${names[table]}: Read` }];
    // An environment without customer service has no such table.
    if (error.code === 'record-gone') return [{ severity: 'error', code: 'module-missing', detail: `Dynamics 365 Customer Service (${names[table]})` }];
    throw error;
  }
}
