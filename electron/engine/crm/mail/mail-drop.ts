import type { Connector, ConnectorContext, FrozenChunk, RemoteRef } from '../connector.ts';
import { checkAddress, noteMail, openingMail, packFiles, titleOf } from './compose.ts';
import type { Addresses } from './compose.ts';
import { dropManifest } from './manifest.ts';
import { mailServerOf, submitMail, trySignIn } from './submit.ts';

/**
 * The address at which a CRM takes mails in: one mail opens a conversation, each note answers it. Nothing can be asked
 * there, so what may have arrived is sent again under the same Message-ID. The customer is in no header.
 */
export const mailDrop: Connector = {
  manifest: dropManifest,
  // Of no request, but another server must not get the stored password.
  origin: (values) => {
    const { host, port } = mailServerOf(values);
    return `https://${host}:${port}`;
  },
  link: () => null,
  probe: async (context) => {
    addressesOf(context);
    await trySignIn(context);
    return { isUsable: true, signedInAs: context.values['user'] ?? null, version: null, findings: [] };
  },
  findTargets: () => Promise.resolve([]),
  findByKey: () => Promise.resolve([]),
  findNotes: () => Promise.resolve([]),
  createContainer: async (context, draft, _contact, key) => {
    await submitMail(context, openingMail(addressesOf(context), draft, key));
    return { role: 'container', kind: 'conversation', id: key, title: titleOf(draft) };
  },
  append,
};

async function append(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  const addresses = addressesOf(context);
  const root = { key: parent.id, title: parent.title ?? '' };
  for (const [index, files] of packFiles(chunk.files, dropManifest.maxFileBytes).entries()) {
    await submitMail(context, noteMail(addresses, root, chunk, index + 1, files));
  }
  return { role: 'note', kind: 'note', id: `${chunk.key}.${chunk.last}` };
}

const addressesOf = ({ values }: ConnectorContext): Addresses => ({
  from: checkAddress(values['senderAddress'], 'senderAddress'),
  to: checkAddress(values['dropAddress'], 'dropAddress'),
});
