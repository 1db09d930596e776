import type { Connector, ConnectorManifest } from './connector.ts';
import { manifest as fileFolderManifest } from './file-folder/manifest.ts';
import { folderManifest as mailFolderManifest, dropManifest as mailDropManifest } from './mail/manifest.ts';
import { manifest as trytonManifest } from './tryton/manifest.ts';
import { manifest as requestTrackerManifest } from './request-tracker/manifest.ts';
import { manifest as redmineManifest } from './redmine/manifest.ts';
import { manifest as odooManifest, employeesManifest as odooEmployeesManifest } from './odoo/manifest.ts';
import { manifest as bitrix24Manifest } from './bitrix24/manifest.ts';
import { contactsManifest as erpnextContactsManifest, leadsManifest as erpnextLeadsManifest, employeesManifest as erpnextEmployeesManifest } from './erpnext/manifest.ts';
import { manifest as dolibarrManifest } from './dolibarr/manifest.ts';
import { manifest as glpiManifest } from './glpi/manifest.ts';
import { manifest as webhookManifest } from './webhook/manifest.ts';
import { manifest as zammadManifest } from './zammad/manifest.ts';
import { manifest as espocrmManifest } from './espocrm/manifest.ts';
import { manifest as suitecrmManifest } from './suitecrm/manifest.ts';
import { manifest as twentyManifest } from './twenty/manifest.ts';
import { manifest as hubspotManifest } from './hubspot/manifest.ts';
import { manifest as salesforceManifest } from './salesforce/manifest.ts';
import { manifest as dynamicsManifest } from './dynamics/manifest.ts';
import { manifest as pipedriveManifest } from './pipedrive/manifest.ts';
import { manifest as zendeskManifest } from './zendesk/manifest.ts';
import { manifest as zohoManifest, leadsManifest as zohoLeadsManifest } from './zoho/manifest.ts';
import { manifest as freshdeskManifest } from './freshdesk/manifest.ts';

/** One CRM: what it is, at once; how it is talked to, when it is first needed. A start needs none, and most people one. */
export interface ConnectorEntry {
  readonly manifest: ConnectorManifest;
  readonly load: () => Promise<Connector>;
}

/** One that is there already. */
export const loaded = (connector: Connector): ConnectorEntry => ({ manifest: connector.manifest, load: () => Promise.resolve(connector) });

/** The only list that names every CRM. The folder comes first: it needs no server. */
export const connectors: readonly ConnectorEntry[] = [
  { manifest: fileFolderManifest, load: async () => (await import('./file-folder/file-folder.ts')).fileFolder },
  { manifest: mailFolderManifest, load: async () => (await import('./mail/mail-folder.ts')).mailFolder },
  { manifest: trytonManifest, load: async () => (await import('./tryton/tryton.ts')).tryton },
  { manifest: requestTrackerManifest, load: async () => (await import('./request-tracker/request-tracker.ts')).requestTracker },
  { manifest: redmineManifest, load: async () => (await import('./redmine/redmine.ts')).redmine },
  { manifest: odooManifest, load: async () => (await import('./odoo/odoo.ts')).odoo },
  { manifest: odooEmployeesManifest, load: async () => (await import('./odoo/odoo.ts')).odooEmployees },
  { manifest: bitrix24Manifest, load: async () => (await import('./bitrix24/bitrix24.ts')).bitrix24 },
  { manifest: erpnextContactsManifest, load: async () => (await import('./erpnext/erpnext.ts')).erpnext },
  { manifest: erpnextLeadsManifest, load: async () => (await import('./erpnext/erpnext.ts')).erpnextLeads },
  { manifest: erpnextEmployeesManifest, load: async () => (await import('./erpnext/erpnext.ts')).erpnextEmployees },
  { manifest: dolibarrManifest, load: async () => (await import('./dolibarr/dolibarr.ts')).dolibarr },
  { manifest: glpiManifest, load: async () => (await import('./glpi/glpi.ts')).glpi },
  { manifest: mailDropManifest, load: async () => (await import('./mail/mail-drop.ts')).mailDrop },
  { manifest: webhookManifest, load: async () => (await import('./webhook/webhook.ts')).webhook },
  { manifest: zammadManifest, load: async () => (await import('./zammad/zammad.ts')).zammad },
  { manifest: espocrmManifest, load: async () => (await import('./espocrm/espocrm.ts')).espocrm },
  { manifest: suitecrmManifest, load: async () => (await import('./suitecrm/suitecrm.ts')).suitecrm },
  { manifest: twentyManifest, load: async () => (await import('./twenty/twenty.ts')).twenty },
  { manifest: zohoManifest, load: async () => (await import('./zoho/zoho.ts')).zoho },
  { manifest: zohoLeadsManifest, load: async () => (await import('./zoho/zoho.ts')).zohoLeads },
  { manifest: hubspotManifest, load: async () => (await import('./hubspot/hubspot.ts')).hubspot },
  { manifest: salesforceManifest, load: async () => (await import('./salesforce/salesforce.ts')).salesforce },
  { manifest: dynamicsManifest, load: async () => (await import('./dynamics/dynamics.ts')).dynamics },
  { manifest: pipedriveManifest, load: async () => (await import('./pipedrive/pipedrive.ts')).pipedrive },
  { manifest: zendeskManifest, load: async () => (await import('./zendesk/zendesk.ts')).zendesk },
  { manifest: freshdeskManifest, load: async () => (await import('./freshdesk/freshdesk.ts')).freshdesk },
];

export const connectorById = (id: string): ConnectorEntry | null => connectors.find((one) => one.manifest.id === id) ?? null;
