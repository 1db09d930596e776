import type { ConnectorManifest } from '../connector.ts';
import { readWebhookAddress } from './webhook-address.ts';

export const manifest: ConnectorManifest = {
  id: 'bitrix24',
  name: 'Bitrix24',
  verifiedAgainst: 'contract',
  fields: [
    { name: 'inboundWebhook', kind: 'password', isRequired: true, isAdvanced: false, placeholder: 'https://example.bitrix24.com/rest/1/…/' },
    { name: 'recordKind', kind: 'choice', isRequired: false, isAdvanced: true, options: ['contact', 'deal'] },
    { name: 'allowsPlainHttp', kind: 'checkbox', isRequired: false, isAdvanced: true },
  ],
  // The pasted address is a secret as a whole; its server is not, and links need it.
  publicPartsOf: (values) => ({ url: readWebhookAddress(values).server }),
  recordKinds: ['contact', 'deal'],
  chooses: 'contact',
  marker: 'body',
  filesTravelWithNote: true,
  // The column of a comment takes 65,535 bytes; a sign can be four of them, and one that is made harmless three more.
  maxBodyChars: 12_000,
  // In base64 and one request.
  maxFileBytes: 20 * 1000 * 1000,
  unique: { contact: 'marker', container: 'marker', note: 'marker', file: 'marker' },
  canWithdraw: { contact: true, container: true, note: true, file: false },
  sendsMail: [],
};
