import type { ConnectorManifest } from '../connector.ts';

export const manifest: ConnectorManifest = {
  id: 'suitecrm',
  name: 'SuiteCRM',
  verifiedAgainst: 'contract',
  fields: [
    { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://crm.example.com' },
    { name: 'clientId', kind: 'text', isRequired: true, isAdvanced: false },
    { name: 'clientSecret', kind: 'password', isRequired: true, isAdvanced: false },
    { name: 'user', kind: 'text', isRequired: false, isAdvanced: true },
    { name: 'password', kind: 'password', isRequired: false, isAdvanced: true },
    { name: 'allowsPlainHttp', kind: 'checkbox', isRequired: false, isAdvanced: true },
  ],
  recordKinds: ['contact'],
  chooses: 'contact',
  marker: 'body',
  filesTravelWithNote: false,
  // MySQL keeps 65,535 bytes of a note, and SuiteCRM writes some signs as entities of up to eight.
  maxBodyChars: 8_000,
  // Its `upload_maxsize` is 30 MB, and files go as base64.
  maxFileBytes: 20 * 1000 * 1000,
  // Ids are ours, made of the key: a second one is refused.
  unique: { contact: 'server', container: 'marker', note: 'server', file: 'server' },
  canWithdraw: { contact: false, container: false, note: true, file: true },
  sendsMail: [],
};
