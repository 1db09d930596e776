import type { Connector } from './connector.ts';
import { fileFolder } from './file-folder/file-folder.ts';
import { redmine } from './redmine/redmine.ts';
import { requestTracker } from './request-tracker/request-tracker.ts';
import { tryton } from './tryton/tryton.ts';
import { webhook } from './webhook/webhook.ts';

/** The only list that names every CRM. The folder comes first: it needs no server. */
export const connectors: readonly Connector[] = [fileFolder, tryton, requestTracker, redmine, webhook];

export const connectorById = (id: string): Connector | null => connectors.find((one) => one.manifest.id === id) ?? null;
