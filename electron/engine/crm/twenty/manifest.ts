import type { ConnectorManifest } from '../connector.ts';

export const manifest: ConnectorManifest = {
  id: 'twenty',
  name: 'Twenty',
  verifiedAgainst: 'contract',
  fields: [
    { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://api.twenty.com' },
    { name: 'token', kind: 'password', isRequired: true, isAdvanced: false },
    { name: 'recordKind', kind: 'choice', isRequired: false, isAdvanced: true, options: ['contact', 'opportunity'] },
    { name: 'allowsPlainHttp', kind: 'checkbox', isRequired: false, isAdvanced: true },
  ],
  recordKinds: ['contact', 'opportunity'],
  chooses: 'contact',
  marker: 'body',
  filesTravelWithNote: false,
  // Each line becomes a block of its own in its editor, which grows slow long before the field is full.
  maxBodyChars: 30_000,
  // What a fresh installation takes in one upload.
  maxFileBytes: 10 * 1000 * 1000,
  // Ids are ours, made of the key: a second one is refused.
  unique: { contact: 'server', container: 'server', note: 'server', file: 'server' },
  canWithdraw: { contact: false, container: false, note: true, file: true },
  sendsMail: [],
};
