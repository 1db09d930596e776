import type { ConnectorManifest } from '../connector.ts';

export const manifest: ConnectorManifest = {
  id: 'espocrm',
  name: 'EspoCRM',
  verifiedAgainst: 'contract',
  fields: [
    { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://crm.example.com' },
    { name: 'token', kind: 'password', isRequired: true, isAdvanced: false },
    { name: 'recordKind', kind: 'choice', isRequired: false, isAdvanced: true, options: ['contact', 'case'] },
    { name: 'allowsPlainHttp', kind: 'checkbox', isRequired: false, isAdvanced: true },
  ],
  recordKinds: ['contact', 'case'],
  chooses: 'contact',
  marker: 'body',
  filesTravelWithNote: false,
  // Its lists cut texts after 10,000 characters, and our marker stands at the end.
  maxBodyChars: 9_500,
  // Its manual wants requests of 50 MB allowed, and files go as base64.
  maxFileBytes: 25 * 1000 * 1000,
  unique: { contact: 'marker', container: 'marker', note: 'marker', file: 'marker' },
  canWithdraw: { contact: true, container: true, note: true, file: true },
  sendsMail: ['colleagues who follow the contact or case, as they set it in their preferences'],
};
