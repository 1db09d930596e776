/** Contents of the events we send. Plain text only: markup is the reader's business. */
import type { RemoteAttachment, ReplyReference } from '#model';
import { encryptedFileContent, readSource } from './crypto/encrypted-file.ts';
import type { JsonRecord } from './event-shape.ts';

const replyRelation = (reply: ReplyReference | undefined): JsonRecord => {
  if (reply === undefined) return {};
  return {
    'm.relates_to': { 'm.in_reply_to': { event_id: reply.remoteId } },
    // Whoever is answered is told; nobody else (MSC3952).
    'm.mentions': reply.senderId === undefined ? {} : { user_ids: [reply.senderId] },
  };
};

export const textContent = (text: string, reply: ReplyReference | undefined): JsonRecord => ({
  msgtype: 'm.text',
  body: text,
  ...replyRelation(reply),
});

const fileMessageType = (mime: string): string => {
  const [family = ''] = mime.split('/');
  return ['image', 'video', 'audio'].includes(family) ? `m.${family}` : 'm.file';
};

const place = (source: string): JsonRecord => {
  const known = readSource(source);
  return known?.key == null ? { url: source } : { file: encryptedFileContent(known.mxc, known.key) };
};

/** A file, with the text as its caption (protocol 1.10). */
export const fileContent = (file: RemoteAttachment, text: string, reply: ReplyReference | undefined): JsonRecord => ({
  msgtype: fileMessageType(file.mime),
  body: text === '' ? file.name : text,
  filename: file.name,
  ...place(file.source),
  info: {
    mimetype: file.mime,
    ...(file.sizeBytes === undefined ? {} : { size: file.sizeBytes }),
  },
  ...replyRelation(reply),
});

/** A correction of a text (`original`: the content as first sent; its relations do not change). */
export const editContent = (target: string, text: string, original: JsonRecord): JsonRecord => {
  const { 'm.relates_to': _relation, 'm.new_content': _newContent, format: _format, ...rest } = original;
  const { formatted_body: _formattedBody, 'm.mentions': _mentions, ...kept } = rest;
  const corrected = { ...kept, body: text, 'm.mentions': {} };
  return {
    ...corrected,
    // For clients that know no corrections.
    body: `* ${text}`,
    'm.new_content': corrected,
    'm.relates_to': { rel_type: 'm.replace', event_id: target },
  };
};

export const reactionContent = (target: string, emoji: string): JsonRecord => ({
  'm.relates_to': { rel_type: 'm.annotation', event_id: target, key: emoji },
});
