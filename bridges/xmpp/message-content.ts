import type { MessageKind, RemoteAttachment, ReplyReference } from '#model';
import { isAction, withoutMe } from './extensions/0245-me-command.ts';
import { readEncryption } from './extensions/0380-encryption-hint.ts';
import { readSpoiler } from './extensions/0382-spoilers.ts';
import { isUnstyled } from './extensions/0393-message-styling.ts';
import { splitFallback } from './extensions/0428-fallback.ts';
import { fileSharingNamespace } from './extensions/0447-stateless-file-sharing.ts';
import { readQuotation, readReply } from './extensions/0461-replies.ts';
import { readLifetimeMs } from './extensions/0466-ephemeral-messages.ts';
import { personOf, senderMessage } from './ids.ts';
import { bareJid } from './jid.ts';
import { readFiles } from './message-files.ts';
import { ns } from './namespaces.ts';
import type { XmlElement } from './stream/xml/element.ts';

/** What a message says, whoever wrote it. */
export interface MessageContent {
  readonly kind: MessageKind;
  readonly text: string;
  readonly attachments?: readonly RemoteAttachment[] | undefined;
  readonly replyTo?: ReplyReference | undefined;
  readonly spoiler?: string | undefined;
  readonly lifetimeMs?: number | undefined;
  readonly isUnstyled?: boolean | undefined;
}

/** Null when the message carries nothing to show. In a room the author of an original is known by other means. */
export function readContent(message: XmlElement, isRoom: boolean): MessageContent | null {
  const body = message.childText('body');
  const encryption = readEncryption(message);
  // What an encrypted message says in clear is only meant to tell that it is encrypted. The interface says it better.
  if (encryption !== null) return { kind: 'unreadable', text: encryption, ...lifetimeOf(message) };
  const { attachments, urls } = readFiles(message, body ?? '');
  if (body === undefined && attachments.length === 0) return null;

  const { written: text } = splitFallback(message, body ?? '', ns.reply, fileSharingNamespace, ns.outOfBand);
  const excerpt = readQuotation(message, body ?? '');
  const reply = readReply(message);
  const replyAuthor = reply === null || reply.to === null || isRoom ? null : bareJid(reply.to);
  const written = withoutAddresses(text, urls);
  const isAct = isAction(written);
  const spoiler = readSpoiler(message);
  return {
    kind: isAct ? 'action' : message.attribute('type') === 'headline' ? 'notice' : 'message',
    text: isAct ? withoutMe(written) : written,
    ...(attachments.length === 0 ? {} : { attachments }),
    ...(spoiler === undefined ? {} : { spoiler }),
    ...(isUnstyled(message) ? { isUnstyled: true } : {}),
    ...lifetimeOf(message),
    ...(reply === null
      ? {}
      : {
          replyTo: {
            remoteId: senderMessage(reply.id),
            senderId: replyAuthor === null ? undefined : personOf(replyAuthor),
            excerpt,
          },
        }),
  };
}

function lifetimeOf(message: XmlElement): { readonly lifetimeMs?: number } {
  const lifetimeMs = readLifetimeMs(message);
  return lifetimeMs === undefined ? {} : { lifetimeMs };
}

/** The address of an attached file stands in the text too, for clients that know no attachments. */
function withoutAddresses(text: string, urls: ReadonlySet<string>): string {
  const trimmed = text.trimEnd();
  for (const url of urls) {
    const address = url.trimEnd();
    if (trimmed === address || trimmed.endsWith(`\n${address}`)) return trimmed.slice(0, -address.length).trimEnd();
  }
  // Where XEP-0428 has cut the address out already, the line break before it is left over.
  return urls.size === 0 ? text : trimmed;
}
