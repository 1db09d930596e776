import type { ConnectorManifest } from '../connector.ts';

export const manifest: ConnectorManifest = {
  id: 'zendesk',
  name: 'Zendesk',
  verifiedAgainst: 'contract',
  fields: [
    { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://company.zendesk.com' },
    { name: 'user', kind: 'text', isRequired: true, isAdvanced: false, placeholder: 'agent@company.com' },
    { name: 'token', kind: 'password', isRequired: true, isAdvanced: false },
  ],
  recordKinds: ['ticket'],
  chooses: 'container',
  marker: 'body',
  filesTravelWithNote: true,
  // Zendesk takes 65,535 characters of HTML, and a sign of ours can become six of them.
  maxBodyChars: 10_000,
  maxFileBytes: 25 * 1000 * 1000,
  unique: { contact: 'marker', container: 'server', note: 'marker', file: 'marker' },
  canWithdraw: { contact: false, container: false, note: false, file: false },
  sendsMail: ['agents, as the triggers of the company say'],
};
