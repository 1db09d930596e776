import type { MessageKind, RemoteAttachment, ReplyReference } from '#model';
import { readOutOfBand } from './extensions/0066-out-of-band-data.ts';
import { readEncryption } from './extensions/0380-encryption-hint.ts';
import { cutReplyFallback, readReply } from './extensions/0461-replies.ts';
import { personOf, senderMessage } from './ids.ts';
import { bareJid } from './jid.ts';
import type { XmlElement } from './stream/xml/element.ts';

/** What a message says, whoever wrote it. */
export interface MessageContent {
  readonly kind: MessageKind;
  readonly text: string;
  readonly attachments?: readonly RemoteAttachment[] | undefined;
  readonly replyTo?: ReplyReference | undefined;
}

/** Null when the message carries nothing to show. In a room the author of an original is known by other means. */
export function readContent(message: XmlElement, isRoom: boolean): MessageContent | null {
  const body = message.childText('body');
  const encryption = readEncryption(message);
  if (encryption !== null) {
    const text = body === undefined || body === '' ? `This message is encrypted with ${encryption}.` : body;
    return { kind: 'unreadable', text };
  }
  const attachments = readOutOfBand(message);
  if (body === undefined && attachments.length === 0) return null;

  const { text, excerpt } = cutReplyFallback(message, body ?? '');
  const reply = readReply(message);
  const replyAuthor = reply === null || reply.to === null || isRoom ? null : bareJid(reply.to);
  const written = withoutAddresses(text, attachments);
  const isAction = written.startsWith('/me ');
  return {
    kind: isAction ? 'action' : message.attribute('type') === 'headline' ? 'notice' : 'message',
    text: isAction ? written.slice('/me '.length) : written,
    ...(attachments.length === 0 ? {} : { attachments }),
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

/** The address of an attached file stands in the text too, for clients that know no attachments. */
function withoutAddresses(text: string, attachments: readonly RemoteAttachment[]): string {
  const attached = attachments.find(({ source }) => text.trimEnd() === source || text.trimEnd().endsWith(`\n${source}`));
  return attached === undefined ? text : text.trimEnd().slice(0, -attached.source.length).trimEnd();
}
