import type { ConnectorManifest } from '../connector.ts';

export const manifest: ConnectorManifest = {
  id: 'file-folder',
  name: 'File folder',
  verifiedAgainst: 'real-server',
  fields: [
    { name: 'folder', kind: 'folder', isRequired: true, isAdvanced: false },
    { name: 'pdf', kind: 'checkbox', isRequired: false, isAdvanced: false },
  ],
  recordKinds: ['folder'],
  chooses: 'container',
  marker: 'field',
  filesTravelWithNote: false,
  maxBodyChars: 1_000_000,
  maxFileBytes: 2 * 1024 * 1024 * 1024,
  unique: { contact: 'marker', container: 'server', note: 'server', file: 'server' },
  canWithdraw: { contact: false, container: true, note: true, file: true },
  sendsMail: [],
};
