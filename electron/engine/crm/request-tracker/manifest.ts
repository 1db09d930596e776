import type { ConnectorManifest } from '../connector.ts';

export const manifest: ConnectorManifest = {
  id: 'request-tracker',
  name: 'Request Tracker',
  verifiedAgainst: 'real-server',
  fields: [
    { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://rt.example.com' },
    { name: 'token', kind: 'password', isRequired: true, isAdvanced: false },
    { name: 'queue', kind: 'text', isRequired: true, isAdvanced: false, placeholder: 'General' },
    { name: 'allowsPlainHttp', kind: 'checkbox', isRequired: false, isAdvanced: true },
  ],
  recordKinds: ['ticket'],
  chooses: 'container',
  marker: 'field',
  filesTravelWithNote: true,
  maxBodyChars: 65_000,
  // RT keeps 10 MB as it sends them to the database, where base64 adds a third.
  maxFileBytes: 7 * 1000 * 1000,
  unique: { contact: 'marker', container: 'marker', note: 'marker', file: 'marker' },
  // RT has no way to take back a comment.
  canWithdraw: { contact: false, container: true, note: false, file: false },
  sendsMail: ['administrative watchers (AdminCc) of the queue, if it has any'],
};
