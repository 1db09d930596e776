import { z } from 'zod';
import type { EncryptionMethods } from './encryption.ts';
import { rowId, stagedId } from './fields.ts';
import type { SchemasOf } from './schemas-of.ts';

export const encryptionSchemas: SchemasOf<EncryptionMethods> = {
  'encryption.trust': () => z.strictObject({ conversationId: rowId }),
  'encryption.warnings': () => z.strictObject({ conversationId: rowId }),
  'encryption.health': () => z.strictObject({ accountId: rowId }),
  'encryption.exportKeys': () => z.strictObject({ accountId: rowId, passphrase: z.string().min(8).max(1_000) }),
  'encryption.importKeys': () => z.strictObject({ accountId: rowId, fileId: stagedId, passphrase: z.string().min(1).max(1_000) }),
};
