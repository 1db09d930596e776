import type { ConnectorContext, ContainerDraft, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asText } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { idOf, keyField, writeRecord } from './call-zoho.ts';
import { fieldsOf, picksOf } from './fields.ts';
import { deals } from './modules.ts';

/** Zoho wants a day on which a deal is thought to close; somebody there sets the right one. */
const closingDays = 30;
const dayMs = 24 * 60 * 60 * 1000;

/** A deal of the contact, in the first stage of the first pipeline. @throws Conflict when another device made it */
export async function createDeal(context: ConnectorContext, draft: ContainerDraft, contact: RemoteRef | null, key: string): Promise<RemoteRef> {
  if (contact === null) throw new Permanent('internal', { detail: 'a deal needs its contact' });
  const fields = await fieldsOf(context, deals);
  const [stage] = picksOf(fields, 'Stage');
  if (stage === undefined) throw new Permanent('setup-incomplete', { detail: 'Deals: Stage' });
  const [pipeline] = picksOf(fields, 'Pipeline');
  const wantsDay = fields.some((field) => asText(field['api_name']) === 'Closing_Date' && field['system_mandatory'] === true);
  const title = cleanLine(`${draft.networkName}: ${draft.title}`, 120);
  const values = {
    Deal_Name: title,
    Stage: stage,
    ...(pipeline === undefined ? {} : { Pipeline: pipeline }),
    ...(wantsDay ? { Closing_Date: new Date(Date.now() + closingDays * dayMs).toISOString().slice(0, 10) } : {}),
    Contact_Name: { id: idOf(contact.id) },
    [keyField]: key,
  };
  return { role: 'container', kind: 'deal', id: await writeRecord(context, 'POST', '/Deals', values), title };
}
