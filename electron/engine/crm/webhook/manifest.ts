import type { ConnectorManifest } from '../connector.ts';

export const manifest: ConnectorManifest = {
  id: 'webhook',
  name: 'Webhook',
  verifiedAgainst: 'contract',
  fields: [
    { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://crm.example.com/hooks/palomar' },
    { name: 'signingSecret', kind: 'password', isRequired: true, isAdvanced: false, placeholder: 'whsec_…' },
    { name: 'template', kind: 'text', isRequired: false, isAdvanced: true, placeholder: '{"note": "{{text}}", "phone": "{{phone}}"}' },
    { name: 'allowsPlainHttp', kind: 'checkbox', isRequired: false, isAdvanced: true },
  ],
  recordKinds: ['conversation'],
  chooses: 'container',
  marker: 'field',
  filesTravelWithNote: false,
  maxBodyChars: 60_000,
  // In base64 and one request.
  maxFileBytes: 10 * 1000 * 1000,
  // By the Idempotency-Key, which the other side has to respect.
  unique: { contact: 'server', container: 'server', note: 'server', file: 'server' },
  canWithdraw: { contact: false, container: false, note: false, file: false },
  sendsMail: [],
};
