import type { PeerCall } from './python-peer.ts';

export interface RosterEntry {
  jid: string;
  subscription: string;
  name: string;
  groups: string[];
}

export interface PublishedItem {
  id: string;
  xml: string;
}

/** What a peer shows of itself and keeps for its other devices. */
export interface SlixmppPeople {
  /** vcard-temp by paths (`FN`, `ORG/ORGNAME`); with a photo also XEP-0153, answering with its hash. */
  publishVcard(fields: Readonly<Record<string, string>>, photoPng?: Uint8Array): Promise<string | null>;
  /** vCard4 (XEP-0292) by text properties: `fn`, `email`, `tel` … */
  publishVcard4(fields: Readonly<Record<string, string>>): Promise<void>;
  /** XEP-0084; answers with the id of the picture. */
  publishAvatar(data: Uint8Array, type?: string): Promise<string>;
  setPresence(presence: { show?: string; status?: string; idleSeconds?: number; type?: string }): Promise<void>;
  setNick(nick: string): Promise<void>;
  /** XEP-0402; `extensions` is XML inside of it. */
  bookmark(
    room: string,
    options?: { name?: string; nick?: string; autojoin?: boolean; extensions?: string },
  ): Promise<void>;
  /** XEP-0490: read up to this message of the archive of `by`. */
  setReadMark(conversation: string, stanzaId: string, by: string): Promise<void>;
  block(jid: string): Promise<void>;
  unblock(jid: string): Promise<void>;
  blocked(): Promise<string[]>;
  setContact(jid: string, options?: { name?: string; groups?: readonly string[]; remove?: boolean }): Promise<void>;
  answerSubscription(to: string, isApproved: boolean): Promise<void>;
  /** Whether it answers every request with yes and asks back, as it does unless told. */
  decideSubscriptions(isAutomatic: boolean): Promise<void>;
  roster(): Promise<RosterEntry[]>;
  /** Any item of any node of ours (XEP-0163), with publish options by their names on the wire. */
  publish(node: string, item: string, xml: string, options?: Readonly<Record<string, string>>): Promise<void>;
  /** What a node holds; `null`: a node of ours. */
  items(jid: string | null, node: string): Promise<PublishedItem[]>;
  retractItem(node: string, item: string): Promise<void>;
}

export function slixmppPeople(call: PeerCall): SlixmppPeople {
  const run = async (command: string, args: Record<string, unknown>): Promise<void> => void (await call(command, args));
  const base64 = (data: Uint8Array): string => Buffer.from(data).toString('base64');
  return {
    publishVcard: async (fields, photo) =>
      (await call('publishVcard', { fields, ...(photo ? { photo: base64(photo) } : {}) })) as string | null,
    publishVcard4: (fields) => run('publishVcard4', { fields }),
    publishAvatar: async (data, type = 'image/png') => String(await call('publishAvatar', { data: base64(data), type })),
    setPresence: (presence) => run('setPresence', presence),
    setNick: (nick) => run('setNick', { nick }),
    bookmark: (room, options = {}) => run('bookmark', { room, ...options }),
    setReadMark: (conversation, stanzaId, by) => run('setReadMark', { conversation, stanzaId, by }),
    block: (jid) => run('block', { jid }),
    unblock: (jid) => run('unblock', { jid }),
    blocked: async () => (await call('blocked')) as string[],
    setContact: (jid, options = {}) => run('setContact', { jid, ...options }),
    answerSubscription: (to, isApproved) => run('answerSubscription', { to, isApproved }),
    decideSubscriptions: (isAutomatic) => run('decideSubscriptions', { isAutomatic }),
    roster: async () => (await call('roster')) as RosterEntry[],
    publish: (node, item, xml, options) => run('publish', { node, item, xml, ...(options ? { options } : {}) }),
    items: async (jid, node) => (await call('items', { jid, node })) as PublishedItem[],
    retractItem: (node, item) => run('retractItem', { node, item }),
  };
}
