import { bitrix24 } from './bitrix24/bitrix24.ts';
import type { Connector } from './connector.ts';
import { dolibarr } from './dolibarr/dolibarr.ts';
import { erpnext, erpnextEmployees, erpnextLeads } from './erpnext/erpnext.ts';
import { dynamics } from './dynamics/dynamics.ts';
import { espocrm } from './espocrm/espocrm.ts';
import { fileFolder } from './file-folder/file-folder.ts';
import { glpi } from './glpi/glpi.ts';
import { freshdesk } from './freshdesk/freshdesk.ts';
import { hubspot } from './hubspot/hubspot.ts';
import { odoo, odooEmployees } from './odoo/odoo.ts';
import { mailDrop } from './mail/mail-drop.ts';
import { mailFolder } from './mail/mail-folder.ts';
import { pipedrive } from './pipedrive/pipedrive.ts';
import { redmine } from './redmine/redmine.ts';
import { requestTracker } from './request-tracker/request-tracker.ts';
import { salesforce } from './salesforce/salesforce.ts';
import { suitecrm } from './suitecrm/suitecrm.ts';
import { tryton } from './tryton/tryton.ts';
import { twenty } from './twenty/twenty.ts';
import { webhook } from './webhook/webhook.ts';
import { zammad } from './zammad/zammad.ts';
import { zendesk } from './zendesk/zendesk.ts';
import { zoho, zohoLeads } from './zoho/zoho.ts';

/** The only list that names every CRM. The folder comes first: it needs no server. */
export const connectors: readonly Connector[] = [fileFolder, mailFolder, tryton, requestTracker, redmine, odoo, odooEmployees, bitrix24, erpnext, erpnextLeads, erpnextEmployees, dolibarr, glpi, mailDrop, webhook, zammad, espocrm, suitecrm, twenty, hubspot, salesforce, dynamics, pipedrive, zendesk, freshdesk, zoho, zohoLeads];

export const connectorById = (id: string): Connector | null => connectors.find((one) => one.manifest.id === id) ?? null;
