import type { ConnectorManifest } from '../connector.ts';

export const manifest: ConnectorManifest = {
  id: 'redmine',
  name: 'Redmine',
  verifiedAgainst: 'real-server',
  fields: [
    { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://redmine.example.com' },
    { name: 'token', kind: 'password', isRequired: true, isAdvanced: false },
    { name: 'project', kind: 'text', isRequired: true, isAdvanced: false, placeholder: 'support' },
    { name: 'tracker', kind: 'text', isRequired: false, isAdvanced: true, placeholder: 'Support' },
    { name: 'allowsPlainHttp', kind: 'checkbox', isRequired: false, isAdvanced: true },
  ],
  recordKinds: ['issue'],
  chooses: 'container',
  marker: 'body',
  filesTravelWithNote: false,
  // MySQL keeps 65,535 bytes of a note, and a character can be four of them.
  maxBodyChars: 16_000,
  // What a fresh Redmine takes; a larger setting there is not told to us.
  maxFileBytes: 5 * 1000 * 1000,
  unique: { contact: 'marker', container: 'marker', note: 'marker', file: 'marker' },
  canWithdraw: { contact: false, container: true, note: true, file: true },
  sendsMail: ['people who watch the project, as they set it themselves'],
};
