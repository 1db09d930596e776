import type { ConnectorManifest } from '../connector.ts';

/** Contacts of Frappe itself: ERPNext and Frappe CRM share them. */
export const contactsManifest: ConnectorManifest = {
  id: 'erpnext',
  name: 'ERPNext / Frappe CRM',
  verifiedAgainst: 'contract',
  fields: [
    { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://erp.example.com' },
    { name: 'keyAndSecret', kind: 'password', isRequired: true, isAdvanced: false, placeholder: '4b8e1f…:9c27d0…' },
    { name: 'allowsPlainHttp', kind: 'checkbox', isRequired: false, isAdvanced: true },
  ],
  recordKinds: ['contact'],
  chooses: 'contact',
  marker: 'body',
  filesTravelWithNote: false,
  // A comment is a longtext; its list shows it whole.
  maxBodyChars: 32_000,
  // What a fresh site takes ("Max file size" in System Settings).
  maxFileBytes: 10 * 1000 * 1000,
  unique: { contact: 'marker', container: 'marker', note: 'marker', file: 'marker' },
  canWithdraw: { contact: true, container: false, note: true, file: true },
  sendsMail: ['colleagues who follow the record, as they set it themselves'],
};

export const leadsManifest: ConnectorManifest = { ...contactsManifest, id: 'erpnext-leads', name: 'ERPNext: Leads', recordKinds: ['lead'] };

/** Staff is chosen, never made: an employee needs a birthday, a first day at work and a company. */
export const employeesManifest: ConnectorManifest = {
  ...contactsManifest,
  id: 'erpnext-employees',
  name: 'ERPNext / Frappe HR: Employees',
  recordKinds: ['employee'],
  canWithdraw: { ...contactsManifest.canWithdraw, contact: false },
  isPersonnel: true,
};
