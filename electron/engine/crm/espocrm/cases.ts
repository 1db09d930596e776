import type { ConnectorContext, ContainerDraft, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { cleanLine } from '../text/clean-text.ts';
import { callEspo, idOf } from './call-espo.ts';
import { requireKeyField } from './key-field.ts';
import { madeOf } from './keyed-records.ts';

/**
 * A case of the contact, internal: a customer who signs in to the portal does not see it. Where EspoCRM is too old for that,
 * it leaves the word out, and the customer sees the case, but none of what is posted to it.
 */
export async function createCase(context: ConnectorContext, draft: ContainerDraft, contact: RemoteRef | null, key: string): Promise<RemoteRef> {
  if (contact === null) throw new Permanent('internal', { detail: 'a case needs its contact' });
  const field = await requireKeyField(context, 'Case');
  const contactId = idOf(contact.id);
  const json = { name: nameOf(draft), contactId, contactsIds: [contactId], isInternal: true, [field]: key };
  // A company may have cases compared by name; ours are found by their key.
  return madeOf('Case', await callEspo(context, 'POST', '/Case', { json, headers: { 'x-skip-duplicate-check': 'true' } }), field, key);
}

/** EspoCRM takes none of these three signs in a name (`noBadCharacters`). */
const nameOf = ({ networkName, title }: ContainerDraft): string => cleanLine(`${networkName}: ${title}`.replace(/[<>=]/g, ' '), 200);
