import { z } from 'zod';
import { rowId } from './fields.ts';
import type { FolderMethods } from './folders.ts';

export const folderSchemas: { readonly [Method in keyof FolderMethods]: z.ZodType } = {
  'folders.list': z.strictObject({}),
  'folders.browse': z.strictObject({ id: rowId, next: z.string().max(1_000).nullable() }),
  'folders.join': z.strictObject({ id: rowId, address: z.string().min(1).max(4_000) }),
};
