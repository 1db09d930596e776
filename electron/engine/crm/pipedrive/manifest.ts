import type { ConnectorManifest } from '../connector.ts';

export const manifest: ConnectorManifest = {
  id: 'pipedrive',
  name: 'Pipedrive',
  verifiedAgainst: 'contract',
  fields: [
    { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://company.pipedrive.com' },
    { name: 'token', kind: 'password', isRequired: true, isAdvanced: false },
    { name: 'recordKind', kind: 'choice', isRequired: false, isAdvanced: true, options: ['person', 'deal', 'lead'] },
  ],
  recordKinds: ['person', 'deal', 'lead'],
  chooses: 'contact',
  marker: 'body',
  filesTravelWithNote: false,
  // Pipedrive takes about 100,000 bytes of HTML, and a sign of ours can become six of them.
  maxBodyChars: 15_000,
  maxFileBytes: 25 * 1000 * 1000,
  unique: { contact: 'marker', container: 'marker', note: 'marker', file: 'marker' },
  canWithdraw: { contact: true, container: true, note: true, file: true },
  sendsMail: [],
};
