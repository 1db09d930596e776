import type { ConnectorManifest } from '../connector.ts';

export const manifest: ConnectorManifest = {
  id: 'freshdesk',
  name: 'Freshdesk',
  verifiedAgainst: 'contract',
  fields: [
    { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://company.freshdesk.com' },
    { name: 'token', kind: 'password', isRequired: true, isAdvanced: false },
  ],
  recordKinds: ['ticket'],
  chooses: 'container',
  marker: 'body',
  filesTravelWithNote: false,
  // A sign of ours can become six of HTML; Freshdesk names no limit, and 64 kB is what such columns hold at least.
  maxBodyChars: 10_000,
  maxFileBytes: 15 * 1000 * 1000,
  unique: { contact: 'marker', container: 'marker', note: 'marker', file: 'marker' },
  canWithdraw: { contact: false, container: true, note: true, file: true },
  sendsMail: ['agents who watch the ticket, as they set it themselves'],
};
