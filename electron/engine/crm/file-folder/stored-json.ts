import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { codeOf } from './folder-fault.ts';
import { asRecord } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';

const maxBytes = 16 * 1024 * 1024;

/** Reads a JSON file of ours; null when it is not there or is not what we wrote. Never follows a link. */
export async function readStoredJson(path: string): Promise<JsonRecord | null> {
  let file;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ELOOP' || codeOf(error) === 'ENOTDIR') return null;
    throw error;
  }
  try {
    const { size } = await file.stat();
    if (size > maxBytes) return null;
    return asRecord(JSON.parse(await file.readFile('utf8')));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  } finally {
    await file.close();
  }
}

export const toStoredJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
