import { z } from 'zod';
import type { CrmMethods } from './crm.ts';
import { rowId, limit, empty, formValues, slug, onlyId } from './fields.ts';

export const crmSchemas: { readonly [Method in keyof CrmMethods]: z.ZodType } = {
  'crm.connectors': empty,
  'crm.connections': empty,
  'crm.connect': z.strictObject({ connectorId: slug, name: z.string().min(1).max(60), values: formValues }),
  'crm.probe': onlyId,
  'crm.updateConnection': z.strictObject({
    id: rowId,
    patch: z.strictObject({
      name: z.string().min(1).max(60).optional(),
      isDefault: z.boolean().optional(),
      isOneClick: z.boolean().optional(),
    }),
  }),
  'crm.renew': z.strictObject({ id: rowId, values: formValues }),
  'crm.disconnect': onlyId,
  'crm.plan': z.strictObject({ conversationId: rowId, connectionId: rowId.nullable() }),
  'crm.push': z.strictObject({
    planId: z.string().max(64),
    targetKey: z.string().max(512),
    rememberOneClick: z.boolean(),
  }),
  'crm.pushNow': z.strictObject({ conversationId: rowId, connectionId: rowId.nullable() }),
  'crm.cancel': onlyId,
  'crm.retry': onlyId,
  'crm.withdraw': onlyId,
  'crm.queue': z.strictObject({ limit }),
  'crm.summary': z.strictObject({ conversationId: rowId }),
};
