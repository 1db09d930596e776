/** Contents of the events we send. Plain text only: markup is the reader's business. */
import type { OutgoingMessage, RemoteAttachment, ReplyReference, VoiceNote } from '#model';
import { encryptedFileContent, readSource } from './crypto/encrypted-file.ts';
import type { JsonRecord } from './event-shape.ts';

type Mentions = NonNullable<OutgoingMessage['mentions']>;

/** Who is answered or named is told, and nobody else (MSC3952): an empty list keeps programs from guessing by names. */
const relationsOf = (reply: ReplyReference | undefined, mentions: Mentions, thread: Thread | null): JsonRecord => {
  const called = new Set([...(reply?.senderId === undefined ? [] : [reply.senderId]), ...mentions.map(({ personId }) => personId)]);
  return {
    ...(reply === undefined && thread === null ? {} : { 'm.relates_to': answerTo(reply, thread) }),
    'm.mentions': called.size === 0 ? {} : { user_ids: [...called] },
  };
};

/** An answer to a message of a thread stays in it; one to nobody names the thread's last message, for programs without threads. */
const answerTo = (reply: ReplyReference | undefined, thread: Thread | null): JsonRecord => ({
  ...(thread === null ? {} : { rel_type: 'm.thread', event_id: thread.rootId, is_falling_back: reply === undefined }),
  'm.in_reply_to': { event_id: reply?.remoteId ?? thread?.lastId },
});

export interface Thread {
  readonly rootId: string;
  readonly lastId: string;
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '<br>' };
const escapeHtml = (text: string): string => text.replaceAll(/[&<>"\n]/gu, (sign) => escapes[sign] ?? sign);

/** The text with people as links: other programs show them as names to click. Nothing else in it is markup. */
const withLinks = (text: string, mentions: Mentions): JsonRecord => {
  const inOrder = [...mentions].sort((a, b) => a.start - b.start);
  let html = '';
  let end = 0;
  for (const mention of inOrder) {
    if (mention.start < end || mention.end <= mention.start || mention.end > text.length) continue;
    const link = `https://matrix.to/#/${encodeURIComponent(mention.personId)}`;
    html += `${escapeHtml(text.slice(end, mention.start))}<a href="${link}">${escapeHtml(text.slice(mention.start, mention.end))}</a>`;
    ({ end } = mention);
  }
  return end === 0 ? {} : { format: 'org.matrix.custom.html', formatted_body: html + escapeHtml(text.slice(end)) };
};

const actionPrefix = '/me ';

/** What is said of the person by `/me waves`, as `m.emote` has it; null: plain words. */
export const actionOf = (text: string): string | null =>
  text.startsWith(actionPrefix) && text.trim() !== actionPrefix.trim() ? text.slice(actionPrefix.length) : null;

export const textContent = (text: string, reply: ReplyReference | undefined, mentions: Mentions = [], thread: Thread | null = null): JsonRecord => {
  const action = actionOf(text);
  const cut = action === null ? 0 : actionPrefix.length;
  const moved = mentions.map((mention) => ({ ...mention, start: mention.start - cut, end: mention.end - cut }));
  return {
    msgtype: action === null ? 'm.text' : 'm.emote',
    body: action ?? text,
    ...withLinks(action ?? text, moved),
    ...relationsOf(reply, mentions, thread),
  };
};

const fileMessageType = (mime: string): string => {
  const [family = ''] = mime.split('/');
  return ['image', 'video', 'audio'].includes(family) ? `m.${family}` : 'm.file';
};

const place = (source: string): JsonRecord => {
  const known = readSource(source);
  return known?.key == null ? { url: source } : { file: encryptedFileContent(known.mxc, known.key) };
};

/** MSC3245 and MSC3246: somebody spoke it; loudness goes from 0 to 1024. */
const voiceParts = ({ durationMs = 0 }: RemoteAttachment, { waveform }: VoiceNote): JsonRecord => ({
  'org.matrix.msc1767.audio': { duration: durationMs, waveform: waveform.map((value) => Math.round(value * 10.24)) },
  'org.matrix.msc3245.voice': {},
});

/** A file, with the text as its caption (protocol 1.10). */
export const fileContent = (file: RemoteAttachment, text: string, reply: ReplyReference | undefined, mentions: Mentions = [], thread: Thread | null = null): JsonRecord => ({
  msgtype: fileMessageType(file.mime),
  body: text === '' ? file.name : text,
  filename: file.name,
  ...place(file.source),
  info: {
    mimetype: file.mime,
    ...(file.sizeBytes === undefined ? {} : { size: file.sizeBytes }),
    ...(file.durationMs === undefined ? {} : { duration: file.durationMs }),
  },
  ...(file.voice === undefined ? {} : voiceParts(file, file.voice)),
  ...relationsOf(reply, mentions, thread),
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
