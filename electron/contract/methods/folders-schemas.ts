import { z } from 'zod';
import { onlyId, rowId } from './fields.ts';
import type { FolderMethods } from './folders.ts';
import type { SchemasOf } from './schemas-of.ts';

const address = z.string().min(1).max(1_100);
const entryId = z.string().min(1).max(300);

export const folderSchemas: SchemasOf<FolderMethods> = {
  'folders.list': () => z.strictObject({}),
  'folders.browse': () => z.strictObject({ id: rowId, next: z.string().max(1_000).nullable() }),
  'folders.join': () => z.strictObject({ id: rowId, address: z.string().min(1).max(4_000) }),
  'folders.create': () => z.strictObject({
    accountId: rowId,
    name: z.string().min(1).max(200),
    topic: z.string().max(4_000),
    isPublic: z.boolean(),
    invite: z.array(address).max(100),
    parentId: rowId.nullable(),
  }),
  'folders.places': () => z.strictObject({ conversationId: rowId }),
  'folders.canArrange': () => onlyId,
  'folders.put': () => z.strictObject({
    id: rowId,
    entry: z.union([z.strictObject({ conversationId: rowId }), z.strictObject({ folderId: rowId })]),
  }),
  'folders.take': () => z.strictObject({ id: rowId, entryId }),
  'folders.takeConversation': () => z.strictObject({ id: rowId, conversationId: rowId }),
  'folders.move': () => z.strictObject({ id: rowId, entryId, beforeId: entryId.nullable() }),
  'folders.invite': () => z.strictObject({ id: rowId, address }),
  'folders.leave': () => onlyId,
};
