import type { Connector, ConnectorContext, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import { readMarker } from '../core/marker.ts';
import { findParties } from './find-parties.ts';
import { manifest } from './manifest.ts';
import { modelOf } from './models.ts';
import { createAttachment, createNote, findAttachments, findNotes } from './notes.ts';
import { createLead, createParty, fillParty, leadsByKey, partiesByKey } from './parties.ts';
import { probe } from './probe.ts';
import { readTrytonRecord } from './record.ts';
import { call } from './session.ts';

/**
 * Tryton over its JSON-RPC, signed in as a user: a party for the customer, a note for each push, an attachment for
 * each file; a lead between them when the connection asks for it. Known to work with 6.0.
 */
export const tryton: Connector = {
  manifest,
  origin: (values) => checkServerUrl(values['url'] ?? '', { allowsPlainHttp: values['allowsPlainHttp'] === 'true' }),
  probe,
  findTargets: findParties,
  findByKey: (context, role, key) => (role === 'contact' ? partiesByKey(context, key) : leadsByKey(context, key)),
  createContact: createParty,
  fillContact: fillParty,
  createContainer: createLead,
  findNotes,
  append: createNote,
  findFiles: findAttachments,
  attach: createAttachment,
  withdraw,
  readRecord: readTrytonRecord,
  link: (values, ref) => {
    const base = checkServerUrl(values['url'] ?? '', { allowsPlainHttp: true });
    return `${base}/#${encodeURIComponent(values['database'] ?? '')}/model/${modelOf(ref.kind)}/${Number(ref.id)}`;
  },
};

/** Where the key of each kind of object stands, and how it is read back before anything is deleted. */
async function withdraw(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const id = Number(ref.id);
  const model = ref.role === 'note' ? 'ir.note' : ref.role === 'file' ? 'ir.attachment' : modelOf(ref.kind);
  if (!(await carriesKey(context, ref, key, model, id))) {
    throw new Permanent('rejected', { detail: `${model} ${id} does not carry our key` });
  }
  await call(context, `model.${model}.delete`, [id]);
}

async function carriesKey(context: ConnectorContext, ref: RemoteRef, key: string, model: string, id: number): Promise<boolean> {
  if (ref.role === 'contact') return (await partiesByKey(context, key)).some((party) => party.id === ref.id);
  const field = ref.role === 'note' ? 'message' : ref.role === 'file' ? 'description' : 'reference';
  const [row] = asArray(await call(context, `model.${model}.search_read`, [['id', '=', id]], 0, 1, null, [field]));
  const value = asText(asRecord(row)[field]);
  if (ref.role === 'note') return readMarker(value)?.key === key;
  return ref.role === 'file' ? value.startsWith(`[ref:${key}]`) : value === key;
}
