import type { ConnectorManifest } from '../connector.ts';

const common = {
  recordKinds: ['conversation'],
  chooses: 'container',
  marker: 'field',
  filesTravelWithNote: true,
  // What the strictest readers of drop addresses keep of a mail.
  maxBodyChars: 30_000,
  // Two thirds of what most servers take: base64 makes a third more of it.
  maxFileBytes: 15 * 1000 * 1000,
} as const satisfies Partial<ConnectorManifest>;

/** Mails to the address at which a CRM takes mails in, through the person's own mail server. */
export const dropManifest: ConnectorManifest = {
  ...common,
  id: 'mail-drop',
  name: 'E-mail to a CRM',
  verifiedAgainst: 'real-server',
  fields: [
    { name: 'dropAddress', kind: 'text', isRequired: true, isAdvanced: false, placeholder: 'inbox-4711@crm.example.com' },
    { name: 'senderAddress', kind: 'text', isRequired: true, isAdvanced: false, placeholder: 'marta@example.com' },
    { name: 'mailServer', kind: 'text', isRequired: true, isAdvanced: false, placeholder: 'smtp.example.com' },
    { name: 'user', kind: 'text', isRequired: true, isAdvanced: false },
    { name: 'password', kind: 'password', isRequired: true, isAdvanced: false },
    { name: 'mailPort', kind: 'text', isRequired: false, isAdvanced: true, placeholder: '465' },
    { name: 'mailEncryption', kind: 'choice', isRequired: false, isAdvanced: true, options: ['auto', 'tls', 'starttls'] },
  ],
  // By the Message-ID, which the other side has to respect: nothing can be looked for there.
  unique: { contact: 'server', container: 'server', note: 'server', file: 'server' },
  canWithdraw: { contact: false, container: false, note: false, file: false },
  sendsMail: ['the sender, where the CRM confirms what came in'],
};

/** The same mails as files, where there is no mail server: a CRM or a mail program reads them in. */
export const folderManifest: ConnectorManifest = {
  ...common,
  id: 'mail-folder',
  name: 'E-mail files (.eml)',
  verifiedAgainst: 'real-server',
  fields: [
    { name: 'folder', kind: 'folder', isRequired: true, isAdvanced: false },
    { name: 'senderAddress', kind: 'text', isRequired: true, isAdvanced: false, placeholder: 'marta@example.com' },
    { name: 'dropAddress', kind: 'text', isRequired: false, isAdvanced: true, placeholder: 'inbox-4711@crm.example.com' },
  ],
  // A mail is put in place once and under one name; a folder's name also holds how a device calls the person.
  unique: { contact: 'marker', container: 'marker', note: 'server', file: 'server' },
  canWithdraw: { contact: false, container: true, note: true, file: false },
  sendsMail: [],
};
