import { z } from 'zod';
import { rowId } from './fields.ts';
import type { ServiceMethods } from './services.ts';
import type { SchemasOf } from './schemas-of.ts';

const address = z.string().min(1).max(3_100);

export const serviceSchemas: SchemasOf<ServiceMethods> = {
  'services.list': () => z.strictObject({ accountId: rowId }),
  'services.inspect': () => z.strictObject({ accountId: rowId, address, node: z.string().max(3_100).nullable() }),
  'services.commands': () => z.strictObject({ accountId: rowId, address }),
  'services.setLetsPeopleIn': () => z.strictObject({ accountId: rowId, address, isAllowed: z.boolean() }),
  'services.alerts': () => z.strictObject({}),
  'services.dismissAlert': () => z.strictObject({
    accountId: rowId,
    kind: z.enum(['signed-out', 'waiting', 'phone', 'silence']),
    subject: z.string().min(1).max(9_000),
  }),
  'services.outages': () => z.strictObject({ conversationId: rowId }),
};
