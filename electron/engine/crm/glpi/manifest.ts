import type { ConnectorManifest } from '../connector.ts';

export const manifest: ConnectorManifest = {
  id: 'glpi',
  name: 'GLPI',
  verifiedAgainst: 'contract',
  fields: [
    { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://glpi.example.com' },
    { name: 'token', kind: 'password', isRequired: true, isAdvanced: false },
    { name: 'appToken', kind: 'password', isRequired: false, isAdvanced: false },
    { name: 'allowsPlainHttp', kind: 'checkbox', isRequired: false, isAdvanced: true },
  ],
  recordKinds: ['ticket'],
  chooses: 'container',
  marker: 'body',
  filesTravelWithNote: false,
  // GLPI 9.5 keeps 65,535 bytes of a followup, and a sign can become six as HTML.
  maxBodyChars: 10_000,
  // What a fresh GLPI takes ("Document files maximum size"): more is not told to us.
  maxFileBytes: 2 * 1000 * 1000,
  unique: { contact: 'marker', container: 'marker', note: 'marker', file: 'marker' },
  canWithdraw: { contact: false, container: true, note: true, file: true },
  sendsMail: [],
};
