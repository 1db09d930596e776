import { z } from 'zod';
import { onlyId, rowId } from './fields.ts';
import type { MessageMethods } from './messages.ts';

export const messageSchemas: { readonly [Method in keyof MessageMethods]: z.ZodType } = {
  'messages.versions': onlyId,
  'messages.cancelUpload': onlyId,
  'conversations.allowPlain': onlyId,
  'archive.rule': z.strictObject({ accountId: rowId }),
  'archive.setRule': z.strictObject({ accountId: rowId, rule: z.enum(['always', 'contacts', 'never']) }),
};
