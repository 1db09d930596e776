import { z } from 'zod';
import { rowId } from './fields.ts';
import type { PinMethods } from './pins.ts';

export const pinSchemas: { readonly [Method in keyof PinMethods]: z.ZodType } = {
  'pins.list': z.strictObject({ conversationId: rowId }),
  'pins.set': z.strictObject({ id: rowId, isPinned: z.boolean() }),
};
