import type { ConnectorManifest } from '../connector.ts';

export const manifest: ConnectorManifest = {
  id: 'dolibarr',
  name: 'Dolibarr',
  verifiedAgainst: 'contract',
  fields: [
    { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://erp.example.com' },
    { name: 'token', kind: 'password', isRequired: true, isAdvanced: false },
    { name: 'allowsPlainHttp', kind: 'checkbox', isRequired: false, isAdvanced: true },
  ],
  recordKinds: ['contact'],
  chooses: 'contact',
  marker: 'body',
  filesTravelWithNote: false,
  // Older versions keep 65,535 bytes of a note, and a sign can become six as HTML.
  maxBodyChars: 10_000,
  // In base64 and one request.
  maxFileBytes: 20 * 1000 * 1000,
  // A file is stored under a name with our key in it, and no second one of that name is taken.
  unique: { contact: 'marker', container: 'marker', note: 'marker', file: 'server' },
  canWithdraw: { contact: true, container: false, note: true, file: true },
  sendsMail: [],
};
