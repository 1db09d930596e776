import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../kit/until.ts';
import { startProsody, startSlixmppPeer, type ProsodyOptions, type ProsodyServer, type SlixmppPeer, type XmppServer } from '../../lab/index.ts';
import type { Inbox } from '../story/inbox.ts';
import { askEngine } from './ask-engine.ts';
import { makeUserDir, removeDir } from './as-user.ts';

export const ownPassword = 'worker-secret-1';
export const passphrase = 'a long enough passphrase';

export interface XmppWorld {
  readonly prosody: ProsodyServer;
  readonly ownJid: string;
  /** What the app needs to trust the lab's authority. */
  readonly env: Readonly<Record<string, string>>;
  /** Another person with another client. */
  connectPeer(): Promise<SlixmppPeer>;
  stop(): Promise<void>;
}

/** A Prosody with our account and the one of Marta, who uses slixmpp. */
export const startXmppWorld = async (options: ProsodyOptions = {}): Promise<XmppWorld> => {
  const prosody = await startProsody(options);
  await prosody.register('worker', ownPassword);
  await prosody.register('marta', ownPassword);
  // The app runs as another user, who cannot read the cache of the lab.
  const caDir = await makeUserDir('ca');
  const caFile = join(caDir, 'ca.crt');
  await copyFile(prosody.caFile, caFile);
  await chmod(caFile, 0o644);
  const peers: SlixmppPeer[] = [];
  return {
    prosody,
    ownJid: `worker@${prosody.domain}`,
    env: { NODE_EXTRA_CA_CERTS: caFile },
    async connectPeer() {
      const { host, c2sPort: port } = prosody;
      const peer = await startSlixmppPeer({ jid: `marta@${prosody.domain}`, password: ownPassword, host, port, caFile: prosody.caFile });
      peers.push(peer);
      return peer;
    },
    async stop() {
      await Promise.allSettled(peers.map((peer) => peer.stop()));
      await prosody.stop();
      await removeDir(caDir);
    },
  };
};

/** A server of any kind, with our account. */
export type AccountPlace = Pick<XmppWorld, 'ownJid'> & { readonly prosody: Pick<XmppServer, 'host' | 'c2sPort' | 'domain'> };

/** Adds our account from the welcome screen, until it is online; the first secret asks for a passphrase. */
export const addXmppAccount = async (inbox: Inbox, { prosody, ownJid }: AccountPlace, isMartaKnown = true): Promise<void> => {
  await inbox.byId('welcome-add-account').click();
  await inbox.fillAccount('xmpp', { address: ownJid, password: ownPassword, host: prosody.host, port: String(prosody.c2sPort) });
  await inbox.choosePassphrase(passphrase);
  await until(async () => (await inbox.byId('online-chip').innerText()).startsWith('1 of 1'), { label: 'the account online' });
  if (isMartaKnown) await knowMarta(inbox, `marta@${prosody.domain}`);
};

/** Puts Marta into the contact list: strangers who write have to wait for a decision. */
const knowMarta = async (inbox: Inbox, address: string): Promise<void> => {
  const page = inbox.byId('online-chip').page();
  const { accounts } = await askEngine(page, 'app.start', {});
  const accountId = accounts.find(({ network }) => network === 'xmpp')?.id;
  if (accountId === undefined) throw new Error('there is no XMPP account');
  await askEngine(page, 'people.saveContact', { accountId, address, name: null, groups: [], asksPresence: false });
  await until(async () => (await askEngine(page, 'people.contacts', {})).some(({ handle }) => handle === address), { label: 'Marta in the contact list' });
};

/** After a start without a keychain: the messages are there, the accounts wait for the passphrase. */
export const unlock = async (inbox: Inbox): Promise<void> => {
  await inbox.byId('unlock').click();
  await inbox.byId('passphrase').fill(passphrase);
  await inbox.byId('passphrase-submit').click();
  await inbox.byId('passphrase-dialog').waitFor({ state: 'detached' });
};
