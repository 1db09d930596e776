import { remoteConversationId, remoteMessageId, remotePersonId } from '#model';
import type { RemoteMessage } from '#model';
import type { XmppServer } from '../../lab/index.ts';
import { RawStore } from './raw-store.ts';
import { RawXmpp } from './raw-xmpp.ts';

const pageSize = 250;
const result = /<result [^>]*?id='([^']+)'[^>]*>(.*?)<\/result>/gs;
// Servers put the time before the message or behind it.
const message = /<message ([^>]*)>.*?<body>([^<]*)<\/body>/s;
const time = /stamp='([^']+)'/;

/**
 * The yardstick of catching up: asks the archive page by page, stores one while the next is coming, and does nothing
 * else. No roster, no presence, no check of what comes.
 */
export async function rawCatchUp(server: Pick<XmppServer, 'host' | 'domain' | 'directTlsPort' | 'caPem'>, user: string, password: string, path: string): Promise<number> {
  const store = new RawStore(path);
  const client = await RawXmpp.login(server, user, password);
  const ask = (after: string | null): void =>
    client.write(
      `<iq type='set' id='page'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'>` +
        `<max>${pageSize}</max>${after === null ? '' : `<after>${after}</after>`}</set></query></iq>`,
    );
  ask(null);
  for (let isComplete = false; !isComplete; ) {
    const page = (await client.until('<fin')) + (await client.until('</iq>'));
    const last = /<last>([^<]+)<\/last>/.exec(page)?.[1] ?? null;
    isComplete = /complete='(true|1)'/.test(page) || last === null;
    if (!isComplete) ask(last);
    store.insertAll(toMessages(page), pageSize);
  }
  client.close();
  const count = store.countMessages();
  store.close();
  return count;
}

const toMessages = (page: string): RemoteMessage[] =>
  [...page.matchAll(result)].map(([, id = '', inner = '']) => {
    const [, attributes = '', body = ''] = message.exec(inner) ?? [];
    const from = (/from='([^'/]+)/.exec(attributes)?.[1] ?? '').toLowerCase();
    return {
      conversationId: remoteConversationId(from),
      remoteId: remoteMessageId(id),
      senderId: remotePersonId(from),
      isOwn: false,
      kind: 'message',
      text: unescape(body),
      sentAtMs: Date.parse(time.exec(inner)?.[1] ?? ''),
    };
  });

const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&apos;': "'", '&quot;': '"' };
const unescape = (text: string): string => text.replace(/&(?:lt|gt|amp|apos|quot);/g, (entity) => entities[entity] as string);
