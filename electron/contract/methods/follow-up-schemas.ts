import { z } from 'zod';
import { rowId } from './fields.ts';
import type { FollowUpMethods } from './follow-up.ts';
import type { SchemasOf } from './schemas-of.ts';

const rule = () => z.strictObject({
  accountId: rowId.optional(),
  network: z.string().min(1).max(40).optional(),
  folderId: rowId.optional(),
  recordKind: z.string().min(1).max(40).nullable(),
});

const ofBoth = { conversationId: rowId, connectionId: rowId };

export const followUpSchemas: SchemasOf<FollowUpMethods> = {
  'followUp.options': () => z.strictObject({ connectionId: rowId }),
  'followUp.setOptions': () => z.strictObject({
    connectionId: rowId,
    options: z.strictObject({
      isPushedWhenDone: z.boolean(),
      eveningMinute: z.number().int().min(0).max(1439).nullable(),
      rules: z.array(rule()).max(50),
    }),
  }),
  'followUp.doneState': () => z.strictObject({ conversationId: rowId }),
  'followUp.setDone': () => z.strictObject({ conversationId: rowId, isDone: z.boolean() }),
  'followUp.lost': () => z.strictObject({ days: z.number().int().min(0).max(3650) }),
  'followUp.record': () => z.strictObject(ofBoth),
  'followUp.changeRecord': () => z.strictObject({ ...ofBoth, field: z.enum(['status', 'priority']), value: z.string().min(1).max(100) }),
};
