/** The content of `m.room.message` and `m.sticker` in our words. */
import type { MessageKind, RemoteAttachment } from '#model';
import { asString, asText, type JsonRecord } from '../event-shape.ts';
import { readAttachment } from './attachment.ts';
import { splitReplyFallback } from './reply-fallback.ts';

export interface MessageContent {
  readonly kind: MessageKind;
  readonly text: string;
  readonly attachments?: readonly RemoteAttachment[] | undefined;
  /** Text of the quote that came along with a reply. */
  readonly excerpt?: string | undefined;
}

const textKinds: ReadonlyMap<string, MessageKind> = new Map([
  ['m.text', 'message'],
  ['m.notice', 'notice'],
  ['m.server_notice', 'notice'],
  ['m.emote', 'action'],
]);

const fileTypes: ReadonlySet<string> = new Set(['m.image', 'm.file', 'm.audio', 'm.video']);

const readText = (content: JsonRecord, isReply: boolean): Pick<MessageContent, 'text' | 'excerpt'> => {
  const body = asText(content['body']);
  return isReply ? splitReplyFallback(body) : { text: body };
};

/** A body is a caption only where the name of the file stands apart (MSC2530, in the protocol since 1.10). */
const readFile = (content: JsonRecord, isReply: boolean): MessageContent => {
  const attachment = readAttachment(content);
  const { text, excerpt } = readText(content, isReply);
  if (attachment === null) return { kind: 'unsupported', text, excerpt };
  const fileName = asString(content['filename']);
  const isCaption = fileName !== undefined && fileName !== content['body'];
  return { kind: 'message', text: isCaption ? text : '', excerpt, attachments: [attachment] };
};

const readLocation = (content: JsonRecord): MessageContent => {
  const place = asText(content['geo_uri']);
  return { kind: 'message', text: [asText(content['body']), place].filter((part) => part !== '').join('\n') };
};

/** Never throws; whatever is not understood becomes `unsupported` with the text the sender gave for that case. */
export const readMessageContent = (type: string, content: JsonRecord, isReply: boolean): MessageContent => {
  if (type === 'm.sticker') {
    const attachment = readAttachment(content);
    return attachment === null
      ? { kind: 'unsupported', text: asText(content['body']) }
      : { kind: 'message', text: '', attachments: [attachment] };
  }
  const messageType = asString(content['msgtype']) ?? '';
  if (fileTypes.has(messageType)) return readFile(content, isReply);
  const isTextual = typeof content['body'] === 'string';
  if (messageType === 'm.location' && isTextual) return readLocation(content);
  const kind = isTextual ? textKinds.get(messageType) : undefined;
  return { kind: kind ?? 'unsupported', ...readText(content, isReply) };
};
