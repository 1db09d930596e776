import { z } from 'zod';
import type { EncryptionMethods } from './encryption.ts';
import { rowId } from './fields.ts';

export const encryptionSchemas: { readonly [Method in keyof EncryptionMethods]: z.ZodType } = {
  'encryption.trust': z.strictObject({ conversationId: rowId }),
  'encryption.health': z.strictObject({ accountId: rowId }),
};
