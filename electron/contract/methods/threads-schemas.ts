import { z } from 'zod';
import { limit, messageText, onlyId, rowId } from './fields.ts';
import type { ThreadMethods } from './threads.ts';
import type { SchemasOf } from './schemas-of.ts';

export const threadSchemas: SchemasOf<ThreadMethods> = {
  'threads.list': () => z.strictObject({ conversationId: rowId }),
  'threads.open': () => z.strictObject({ rootId: rowId }),
  'threads.page': () => z.strictObject({ id: rowId, before: rowId.nullable(), limit }),
  'threads.loadOlder': () => onlyId,
  'threads.setDraft': () => z.strictObject({ id: rowId, text: messageText }),
  'threads.markRead': () => z.strictObject({ id: rowId, upTo: rowId }),
};
