import type { ConnectorManifest } from '../connector.ts';

export const manifest: ConnectorManifest = {
  id: 'tryton',
  name: 'Tryton',
  verifiedAgainst: 'real-server',
  fields: [
    { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://tryton.example.com' },
    { name: 'database', kind: 'text', isRequired: true, isAdvanced: false },
    { name: 'user', kind: 'text', isRequired: true, isAdvanced: false },
    { name: 'password', kind: 'password', isRequired: true, isAdvanced: false },
    { name: 'recordKind', kind: 'choice', isRequired: false, isAdvanced: true, options: ['party', 'lead'] },
    { name: 'allowsPlainHttp', kind: 'checkbox', isRequired: false, isAdvanced: true },
  ],
  recordKinds: ['party', 'lead'],
  chooses: 'contact',
  marker: 'body',
  filesTravelWithNote: false,
  maxBodyChars: 65_000,
  maxFileBytes: 25 * 1000 * 1000,
  unique: { contact: 'marker', container: 'marker', note: 'marker', file: 'marker' },
  canWithdraw: { contact: true, container: true, note: true, file: true },
  sendsMail: [],
};
