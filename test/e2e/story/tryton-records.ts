import { createHash } from 'node:crypto';
import type { TrytonServer } from '../../lab/index.ts';

export interface TrytonRecords {
  readonly parties: readonly { readonly id: number; readonly name: string }[];
  readonly notes: readonly string[];
  readonly fileHashes: readonly string[];
}

interface Row {
  readonly id: number;
  readonly [field: string]: unknown;
}

const bytesOf = (value: unknown): Buffer =>
  Buffer.from((value as { readonly base64: string }).base64, 'base64');

/** Asks the server itself what it has, past our connector. The lab's own company is left out. */
export const readTryton = async (tryton: TrytonServer): Promise<TrytonRecords> => {
  const read = async (model: string, fields: readonly string[]): Promise<readonly Row[]> => {
    const ids = (await tryton.rpc(`model.${model}.search`, [], 0, 1000, [['id', 'ASC']], {})) as readonly number[];
    return ids.length === 0 ? [] : ((await tryton.rpc(`model.${model}.read`, ids, fields, {})) as readonly Row[]);
  };
  const companies = await read('company.company', ['party']);
  const own = new Set(companies.map((company) => company['party']));
  const parties = (await read('party.party', ['name'])).filter((party) => !own.has(party.id));
  const notes = await read('ir.note', ['message']);
  const files = await read('ir.attachment', ['data']);
  return {
    parties: parties.map((party) => ({ id: party.id, name: String(party['name']) })),
    notes: notes.map((note) => String(note['message'])),
    fileHashes: files.map((file) => createHash('sha256').update(bytesOf(file['data'])).digest('hex')),
  };
};
