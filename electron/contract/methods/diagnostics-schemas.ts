import { z } from 'zod';
import type { DiagnosticsMethods } from './diagnostics.ts';
import { rowId } from './fields.ts';
import type { SchemasOf } from './schemas-of.ts';

const watchId = z.string().regex(/^[A-Za-z0-9_-]{32}$/);
const onlyAccount = () => z.strictObject({ accountId: rowId });

export const diagnosticsSchemas: SchemasOf<DiagnosticsMethods> = {
  'diagnostics.report': onlyAccount,
  'diagnostics.watch': onlyAccount,
  'diagnostics.read': () => z.strictObject({ watchId }),
  'diagnostics.unwatch': () => z.strictObject({ watchId }),
  'diagnostics.send': () => z.strictObject({ accountId: rowId, text: z.string().min(1).max(65_536) }),
};
