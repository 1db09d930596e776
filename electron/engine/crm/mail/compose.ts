import { createReadStream } from 'node:fs';
import type MailComposer from 'nodemailer/lib/mail-composer';
import type { ContainerDraft, FrozenChunk, FrozenFile } from '../connector.ts';
import { formatFieldMarker } from '../core/marker.ts';
import { Permanent } from '../errors.ts';
import { cleanLine } from '../text/clean-text.ts';
import { vcardOf } from '../text/vcard.ts';

export type Mail = NonNullable<ConstructorParameters<typeof MailComposer>[0]>;

export interface Addresses {
  readonly from: string;
  readonly to: string;
}

/** Header with key and mark of a mail of ours: what a marker in the text is elsewhere. */
export const refHeader = 'X-Palomar-Ref';

/**
 * One address, bare. It also stands in commands to the mail server, so what could be more than an address is refused.
 * @throws Permanent `rejected`
 */
export function checkAddress(typed: string | undefined, field: string): string {
  const address = (typed ?? '').trim();
  if (!/^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i.test(address)) {
    throw new Permanent('rejected', { detail: `field ${field} is no mail address` });
  }
  return address;
}

/**
 * The Message-ID of an object, the same on every device and at every attempt: who keeps mails by it keeps one. The domain
 * is the sender's, as RFC 5322 (3.6.4) wants it, and so the company's.
 */
export const messageIdOf = (word: string, { from }: Addresses): string => `<${word}@${from.slice(from.lastIndexOf('@') + 1).toLowerCase()}>`;

/** Opens the thread: who it is, with their data as a vCard beside. All later mails answer this one. */
export function openingMail(addresses: Addresses, draft: ContainerDraft, key: string): Mail {
  const lines = [draft.title, '', draft.contactName, ...draft.identifiers.map(({ value }) => value)];
  const card = vcardOf({ name: draft.contactName, identifiers: draft.identifiers, networkName: draft.networkName });
  return {
    ...baseMail(addresses, titleOf(draft), messageIdOf(key, addresses), key),
    text: `${lines.map((line) => cleanLine(line, 200)).join('\n')}\n`,
    attachments: [{ filename: 'contact.vcf', content: card, contentType: 'text/vcard; charset=utf-8' }],
  };
}

/** One note, or (`number` above 1) the files of it that the first mail could not carry. */
export function noteMail(addresses: Addresses, root: { readonly key: string; readonly title: string }, chunk: FrozenChunk, number: number, files: readonly FrozenFile[]): Mail {
  const opening = messageIdOf(root.key, addresses);
  const word = `${chunk.key}.${chunk.last}${number === 1 ? '' : `.${number}`}`;
  return {
    ...baseMail(addresses, `Re: ${root.title}`, messageIdOf(word, addresses), formatFieldMarker(chunk)),
    inReplyTo: opening,
    references: [opening],
    text: number === 1 ? chunk.body : files.map(({ name }) => name).join('\n'),
    attachments: files.map((file) => ({ filename: file.name, content: createReadStream(file.path), contentType: file.mime })),
  };
}

/** Subject of a thread. */
export const titleOf = (draft: Pick<ContainerDraft, 'networkName' | 'title'>): string => cleanLine(`${draft.networkName}: ${draft.title}`, 150);

/** Nothing is ever read from a path or an address that stands in a mail; line ends are those of the wire (RFC 5322, 2.1). */
const baseMail = ({ from, to }: Addresses, subject: string, messageId: string, ref: string): Mail => ({
  from: { name: '', address: from },
  to: { name: '', address: to },
  subject,
  messageId,
  headers: { [refHeader]: ref, 'X-Auto-Response-Suppress': 'All' },
  textEncoding: 'base64',
  disableFileAccess: true,
  disableUrlAccess: true,
});

/** Files in mails of a size that servers take: in their order, at least one in each. */
export function packFiles(files: readonly FrozenFile[], maxBytes: number): readonly (readonly FrozenFile[])[] {
  const packs: FrozenFile[][] = [[]];
  let size = 0;
  for (const file of files) {
    const last = packs.at(-1) ?? [];
    if (last.length > 0 && size + file.sizeBytes > maxBytes) {
      packs.push([file]);
      size = file.sizeBytes;
    } else {
      last.push(file);
      size += file.sizeBytes;
    }
  }
  return packs;
}
