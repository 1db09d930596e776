import { z } from 'zod';
import type { CrmMethods } from './crm.ts';
import { rowId, limit, empty, formValues, slug, onlyId, passphrase } from './fields.ts';
import type { SchemasOf } from './schemas-of.ts';

const redaction = () => z.strictObject({
  isIbanHidden: z.boolean(),
  isCardHidden: z.boolean(),
  isNationalIdHidden: z.boolean(),
  isCodeHidden: z.boolean(),
  words: z.array(z.string().min(1).max(100)).max(200),
});

const setupText = z.string().min(1).max(131_072);
const newConnection = () => ({
  connectorId: slug,
  name: z.string().min(1).max(60),
  values: formValues,
  setup: z.strictObject({ text: setupText, passphrase }).optional(),
});

const range = () => z.union([
  z.strictObject({ since: z.enum(['everything', 'today', 'week', 'month']) }),
  z.strictObject({ since: z.literal('message'), fromId: rowId }),
]);

export const crmSchemas: SchemasOf<CrmMethods> = {
  'crm.connectors': () => empty,
  'crm.connections': () => empty,
  'crm.connect': () => z.strictObject({ ...newConnection() }),
  'crm.beginSignIn': () => z.strictObject({ connectionId: rowId.nullable(), ...newConnection() }),
  'crm.finishSignIn': () => z.strictObject({ id: z.uuid() }),
  'crm.cancelSignIn': () => z.strictObject({ id: z.uuid() }),
  'crm.exportSetup': () => z.strictObject({ id: rowId, passphrase: z.string().min(8).max(1_000) }),
  'crm.readSetup': () => z.strictObject({ text: setupText }),
  'crm.probe': () => onlyId,
  'crm.updateConnection': () => z.strictObject({
    id: rowId,
    patch: z.strictObject({
      name: z.string().min(1).max(60).optional(),
      isDefault: z.boolean().optional(),
      isOneClick: z.boolean().optional(),
      redaction: redaction().optional(),
    }),
  }),
  'crm.renew': () => z.strictObject({ id: rowId, values: formValues }),
  'crm.disconnect': () => onlyId,
  'crm.plan': () => z.strictObject({
    conversationId: rowId,
    connectionId: rowId.nullable(),
    range: range().optional(),
    revealed: z.array(z.string().max(64)).max(1000).optional(),
    summary: z.string().max(10_000).optional(),
    hasFullNames: z.boolean().optional(),
  }),
  'crm.push': () => z.strictObject({
    planId: z.string().max(64),
    targetKey: z.string().max(512),
    rememberOneClick: z.boolean(),
    isConfirmed: z.boolean().optional(),
  }),
  'crm.pushNow': () => z.strictObject({ conversationId: rowId, connectionId: rowId.nullable() }),
  'crm.cancel': () => onlyId,
  'crm.retry': () => onlyId,
  'crm.withdraw': () => onlyId,
  'crm.queue': () => z.strictObject({ limit }),
  'crm.audit': () => z.strictObject({ beforeId: rowId.nullable(), limit }),
  'crm.neverPush': () => z.strictObject({ conversationId: rowId }),
  'crm.setNeverPush': () => z.strictObject({
    conversationId: rowId,
    scope: z.enum(['person', 'conversation', 'account']),
    isOn: z.boolean(),
  }),
  'crm.summary': () => z.strictObject({ conversationId: rowId }),
};
