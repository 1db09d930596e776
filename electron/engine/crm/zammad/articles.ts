import { readFile } from 'node:fs/promises';
import type { ConnectorContext, FrozenChunk, FrozenFile, RemoteRef, WrittenNote } from '../connector.ts';
import { readMarker } from '../core/marker.ts';
import { Permanent } from '../errors.ts';
import { numberOf } from '../http/checked-id.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callZammad } from './call-zammad.ts';

/**
 * An article that stays inside: type `note`, internal, plain text. Never another type: `email` goes out to the customer
 * even when it is marked internal (https://docs.zammad.org/en/latest/api/ticket/articles.html).
 */
export const internalNote = (body: string, subject = ''): JsonRecord => ({
  subject,
  body,
  content_type: 'text/plain',
  type: 'note',
  sender: 'Agent',
  internal: true,
});

/** Articles that end with our marker. Only plain ones: in HTML, line breaks are not as we wrote them. */
export async function findArticles(context: ConnectorContext, parent: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  return (await articlesOf(context, parent)).flatMap((article): WrittenNote[] => {
    const marker = readMarker(asText(article['body']));
    if (marker === null || (key !== null && marker.key !== key)) return [];
    return [{ ref: { role: 'note', kind: 'article', id: numberOf(article['id']) }, ...marker }];
  });
}

export async function addArticle(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  const ticketId = Number(numberOf(parent.id));
  const created = asRecord(await callZammad(context, 'POST', '/ticket_articles', { ticket_id: ticketId, ...internalNote(chunk.body) }));
  return { role: 'note', kind: 'article', id: numberOf(created['id']) };
}

/** Files with our key: each is an article of its own, so that it can be taken back alone. */
export async function findFileArticles(context: ConnectorContext, parent: RemoteRef, key: string): Promise<readonly RemoteRef[]> {
  return (await articlesOf(context, parent))
    .filter((article) => article['subject'] === key && asArray(article['attachments']).length > 0)
    .map((article): RemoteRef => ({ role: 'file', kind: 'article', id: numberOf(article['id']) }));
}

export async function addFileArticle(context: ConnectorContext, parent: RemoteRef, file: FrozenFile): Promise<RemoteRef> {
  const data = await readFile(file.path, 'base64');
  const created = asRecord(
    await callZammad(context, 'POST', '/ticket_articles', {
      ticket_id: Number(numberOf(parent.id)),
      ...internalNote(file.name, file.key),
      attachments: [{ filename: file.name, data, 'mime-type': file.mime }],
    }),
  );
  return { role: 'file', kind: 'article', id: numberOf(created['id']) };
}

/**
 * One that is gone already is as it should be. Zammad lets agents delete their own notes for ten minutes (an
 * administrator can change that); after that it stays.
 */
export async function withdrawArticle(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const place = `/ticket_articles/${numberOf(ref.id)}`;
  try {
    const article = asRecord(await callZammad(context, 'GET', place));
    const carried = ref.role === 'file' ? article['subject'] : readMarker(asText(article['body']))?.key;
    if (carried !== key) throw new Permanent('rejected', { detail: `article ${ref.id} does not carry our key` });
    await callZammad(context, 'DELETE', place);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code === 'rejected') throw error;
    if (error.code === 'forbidden') throw new Permanent('rejected', error.more);
    if (error.code !== 'record-gone') throw error;
  }
}

async function articlesOf(context: ConnectorContext, parent: RemoteRef): Promise<readonly JsonRecord[]> {
  const articles = asArray(await callZammad(context, 'GET', `/ticket_articles/by_ticket/${numberOf(parent.id)}`)).map(asRecord);
  return [...articles].sort((a, b) => Number(a['id']) - Number(b['id']));
}
