import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Connector, ConnectorContext, ContainerDraft, FrozenChunk, FrozenFile, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { checkServerUrl } from '../http/check-server-url.ts';
import { deliver } from './deliver.ts';
import { readTemplate } from './fill-template.ts';
import { manifest } from './manifest.ts';

/**
 * Any program that takes signed JSON: one event for a conversation, one for each note, one for each file. Nothing can be
 * asked there, so what may have arrived is sent again under the same Idempotency-Key.
 */
export const webhook: Connector = {
  manifest,
  origin: (values) => checkServerUrl(values['url'] ?? '', { allowsPlainHttp: values['allowsPlainHttp'] === 'true' }),
  link: () => null,
  probe: async (context) => {
    const template = context.values['template'] ?? '';
    if (template !== '') readTemplate(template);
    await deliver(context, `ping-${randomUUID()}`, { event: 'ping' });
    return { isUsable: true, signedInAs: null, version: null, findings: [] };
  },
  findTargets: () => Promise.resolve([]),
  findByKey: () => Promise.resolve([]),
  findNotes: () => Promise.resolve([]),
  findFiles: () => Promise.resolve([]),
  createContainer,
  append,
  attach,
};

async function createContainer(context: ConnectorContext, draft: ContainerDraft, _contact: RemoteRef | null, key: string): Promise<RemoteRef> {
  const first = (kind: string): string => draft.identifiers.find((identifier) => identifier.kind === kind)?.value ?? '';
  await deliver(context, key, {
    event: 'conversation',
    key,
    conversation: key,
    title: draft.title,
    person: draft.contactName,
    network: draft.networkName,
    phone: first('phone'),
    email: first('email'),
  });
  return { role: 'container', kind: 'conversation', id: key, title: draft.title };
}

/** With the mark of its last message: told anew further than before, it is another event. */
async function append(context: ConnectorContext, parent: RemoteRef, { key, last, body, files }: FrozenChunk): Promise<RemoteRef> {
  if (files.length > 0) throw new Permanent('internal', { detail: 'files go on their own' });
  const id = `${key}-${last}`;
  await deliver(context, id, { event: 'note', key, last, conversation: parent.id, title: parent.title ?? '', text: body });
  return { role: 'note', kind: 'note', id };
}

async function attach(context: ConnectorContext, parent: RemoteRef, file: FrozenFile): Promise<RemoteRef> {
  await deliver(context, file.key, {
    event: 'file',
    key: file.key,
    conversation: parent.id,
    title: parent.title ?? '',
    fileName: file.name,
    fileType: file.mime,
    sha256: file.sha256,
    fileBase64: await readFile(file.path, 'base64'),
  });
  return { role: 'file', kind: 'file', id: file.key, title: file.name };
}
