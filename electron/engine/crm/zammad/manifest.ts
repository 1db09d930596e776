import type { ConnectorManifest } from '../connector.ts';

export const manifest: ConnectorManifest = {
  id: 'zammad',
  name: 'Zammad',
  verifiedAgainst: 'contract',
  fields: [
    { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://zammad.example.com' },
    { name: 'token', kind: 'password', isRequired: true, isAdvanced: false },
    { name: 'group', kind: 'text', isRequired: true, isAdvanced: false, placeholder: 'Support' },
    { name: 'allowsPlainHttp', kind: 'checkbox', isRequired: false, isAdvanced: true },
  ],
  recordKinds: ['ticket'],
  chooses: 'container',
  marker: 'body',
  filesTravelWithNote: false,
  // It keeps 1.5 million characters and cuts what is longer; a page of that length is of no use to anybody.
  maxBodyChars: 60_000,
  // A request may have 50 MB in the usual set-up, and files go as base64.
  maxFileBytes: 25 * 1000 * 1000,
  unique: { contact: 'marker', container: 'marker', note: 'marker', file: 'marker' },
  canWithdraw: { contact: false, container: true, note: true, file: true },
  sendsMail: ['agents of the group, as they set it in their profile'],
};
