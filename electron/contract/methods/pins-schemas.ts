import { z } from 'zod';
import { rowId } from './fields.ts';
import type { PinMethods } from './pins.ts';
import type { SchemasOf } from './schemas-of.ts';

export const pinSchemas: SchemasOf<PinMethods> = {
  'pins.list': () => z.strictObject({ conversationId: rowId }),
  'pins.set': () => z.strictObject({ id: rowId, isPinned: z.boolean() }),
};
