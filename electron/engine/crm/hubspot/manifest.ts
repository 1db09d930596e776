import type { ConnectorManifest } from '../connector.ts';

export const manifest: ConnectorManifest = {
  id: 'hubspot',
  name: 'HubSpot',
  verifiedAgainst: 'contract',
  fields: [
    { name: 'token', kind: 'password', isRequired: true, isAdvanced: false, placeholder: 'pat-…' },
    { name: 'recordKind', kind: 'choice', isRequired: false, isAdvanced: true, options: ['contact', 'deal', 'ticket'] },
    { name: 'url', kind: 'url', isRequired: false, isAdvanced: true, placeholder: 'https://api.hubapi.com' },
  ],
  recordKinds: ['contact', 'deal', 'ticket'],
  chooses: 'contact',
  marker: 'body',
  filesTravelWithNote: false,
  // HubSpot takes 65,536 characters of HTML, and a sign of ours can become six of them.
  maxBodyChars: 10_000,
  maxFileBytes: 20 * 1000 * 1000,
  unique: { contact: 'server', container: 'server', note: 'marker', file: 'marker' },
  canWithdraw: { contact: false, container: false, note: true, file: true },
  sendsMail: [],
};
