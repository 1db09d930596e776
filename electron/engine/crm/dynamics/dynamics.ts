import type { ProbeFinding, ProbeResult } from '#rpc';
import type { Connector, ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asText } from '../http/json-value.ts';
import { addFile, addNote, findFiles, findNotes, withdrawAnnotation } from './annotations.ts';
import { callDynamics, guidOf } from './call-dynamics.ts';
import { contactsByKey, createContact, fillContact, findContacts } from './contacts.ts';
import { environmentAddress, manifest } from './manifest.ts';
import { readContact } from './record.ts';

/** Dynamics 365 (Dataverse): a contact, a note in its timeline for each push, files as notes with an attachment. */
export const dynamics: Connector = {
  manifest,
  origin: environmentAddress,
  probe,
  findTargets: findContacts,
  findByKey: (context, role, key) => (role === 'contact' ? contactsByKey(context, key) : Promise.resolve([])),
  createContact,
  fillContact,
  findNotes,
  append: addNote,
  findFiles,
  attach: addFile,
  withdraw: (context, ref, key) =>
    ref.role === 'note' || ref.role === 'file'
      ? withdrawAnnotation(context, ref, key)
      : Promise.reject(new Permanent('rejected', { detail: `Dynamics 365 keeps the ${ref.kind}` })),
  readRecord: readContact,
  link: (values, ref) => `${environmentAddress(values)}/main.aspx?etn=contact&id=${guidOf(ref.id)}&pagetype=entityrecord`,
};

/** Who we are, and whether contacts and notes may be read. Rights to write show with the first push. */
async function probe(context: ConnectorContext): Promise<ProbeResult> {
  const { UserId: id } = await callDynamics(context, 'GET', '/WhoAmI');
  const user = await callDynamics(context, 'GET', `/systemusers(${guidOf(id)})?$select=fullname`);
  const findings: ProbeFinding[] = [];
  for (const table of ['contacts', 'annotations']) {
    if (!(await isReadable(context, table))) findings.push({ severity: 'error', code: 'right-missing', detail: `${table === 'contacts' ? 'Contact' : 'Note'}: Read` });
  }
  return { isUsable: findings.length === 0, signedInAs: asText(user['fullname']) || null, version: null, findings };
}

async function isReadable(context: ConnectorContext, table: string): Promise<boolean> {
  try {
    await callDynamics(context, 'GET', `/${table}?$top=1&$select=createdon`);
    return true;
  } catch (error) {
    if (error instanceof Permanent && error.code === 'forbidden') return false;
    throw error;
  }
}
