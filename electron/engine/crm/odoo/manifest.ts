import type { ConnectorManifest } from '../connector.ts';

const fields: ConnectorManifest['fields'] = [
  { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://odoo.example.com' },
  { name: 'database', kind: 'text', isRequired: true, isAdvanced: false },
  { name: 'user', kind: 'text', isRequired: true, isAdvanced: false },
  { name: 'passwordOrKey', kind: 'password', isRequired: true, isAdvanced: false },
  { name: 'allowsPlainHttp', kind: 'checkbox', isRequired: false, isAdvanced: true },
];

const common = {
  // Odoo 11 over JSON-RPC; JSON-2 of Odoo 19 on a server that follows its documentation (see the README).
  verifiedAgainst: 'real-server',
  chooses: 'contact',
  marker: 'body',
  filesTravelWithNote: false,
  maxBodyChars: 65_000,
  maxFileBytes: 25 * 1000 * 1000,
  // External ids are unique in the database itself, of notes and files too.
  unique: { contact: 'server', container: 'server', note: 'server', file: 'server' },
  canWithdraw: { contact: false, container: false, note: true, file: true },
  // Internal notes; nobody is made a follower.
  sendsMail: [],
} as const;

/** Contacts, with the notes on them or on a lead or task below. */
export const manifest: ConnectorManifest = {
  ...common,
  id: 'odoo',
  name: 'Odoo',
  fields: [
    ...fields,
    { name: 'recordKind', kind: 'choice', isRequired: false, isAdvanced: true, options: ['contact', 'lead', 'task'] },
    { name: 'taskProject', kind: 'text', isRequired: false, isAdvanced: true, placeholder: 'Support' },
  ],
  recordKinds: ['contact', 'lead', 'task'],
};

/** Files on staff, for those who may write them. */
export const employeesManifest: ConnectorManifest = {
  ...common,
  id: 'odoo-employees',
  name: 'Odoo Employees',
  fields,
  recordKinds: ['employee'],
  isPersonnel: true,
};
