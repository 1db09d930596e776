import { z } from 'zod';
import type { DialogMethods } from './dialogs.ts';
import { formValues, rowId, slug } from './fields.ts';
import type { SchemasOf } from './schemas-of.ts';

const address = z.string().min(1).max(3_100);
const mostAnswerCharacters = 400_000;

const dialogId = z.string().regex(/^[A-Za-z0-9_-]{22,64}$/);

const task = () => z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['set-up', 'recover', 'reset', 'device-policy']) }),
  z.strictObject({ kind: z.literal('verify-device'), deviceId: z.string().min(1).max(255).nullable() }),
  ...(['verify-person', 'approve-identity'] as const).map((kind) => z.strictObject({ kind: z.literal(kind), address })),
  z.strictObject({ kind: z.literal('answer-verification'), requestId: z.string().min(1).max(255) }),
]);

const subject = () => z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('command'), address, node: z.string().min(1).max(3_100) }),
  ...(['register', 'unregister', 'search', 'address-prompt'] as const).map((kind) => z.strictObject({ kind: z.literal(kind), address })),
  ...(['configure-room', 'register-with-room'] as const).map((kind) => z.strictObject({ kind: z.literal(kind), conversationId: rowId })),
  ...(['change-password', 'find-people'] as const).map((kind) => z.strictObject({ kind: z.literal(kind) })),
  z.strictObject({ kind: z.literal('encryption'), task: task() }),
  z.strictObject({ kind: z.literal('custom'), id: z.string().min(1).max(200), address }),
]);

/** As many fields and values as a form may have, and together no more than a stanza takes. */
const answers = () => z
  .array(z.strictObject({ name: z.string().max(20_000), values: z.array(z.string().max(100_000)).max(2_000) }))
  .max(500)
  .refine((all) => all.reduce((sum, { name, values }) => sum + name.length + values.join('').length, 0) <= mostAnswerCharacters);

export const dialogSchemas: SchemasOf<DialogMethods> = {
  'dialogs.open': () => z.strictObject({ accountId: rowId, subject: subject() }),
  'dialogs.signUp': () => z.strictObject({ bridgeId: slug, server: z.string().min(1).max(1_100), values: formValues }),
  'dialogs.signIn': () => z.strictObject({ bridgeId: slug, server: z.string().min(1).max(1_100) }),
  'dialogs.signInAgain': () => z.strictObject({ accountId: rowId }),
  'dialogs.answer': () => z.strictObject({ id: dialogId, action: z.enum(['previous', 'next', 'complete', 'cancel']), answers: answers() }),
  'dialogs.wait': () => z.strictObject({ id: dialogId }),
  'dialogs.close': () => z.strictObject({ id: dialogId }),
  'dialogs.addAccount': () => z.strictObject({ id: dialogId }),
};
