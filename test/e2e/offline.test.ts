// needs: electron prosody peers tools
/** A server that goes away and comes back, and four ways in which signing in fails. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pickFreePorts } from '../lab/index.ts';
import { until } from '../kit/until.ts';
import { askEngine } from './kit/ask-engine.ts';
import { makeUserDir } from './kit/as-user.ts';
import { launchApp } from './kit/launch-app.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { addXmppAccount, ownPassword, passphrase, startXmppWorld, unlock, type XmppWorld } from './kit/xmpp-inbox.ts';
import { inboxOf } from './story/inbox.ts';

const tidyUp = useTidyUp();

interface Mistake {
  readonly code: string;
  readonly values: Readonly<Record<'address' | 'password' | 'host' | 'port', string>>;
  /** A piece of the sentence that the person reads. */
  readonly words: Readonly<Record<'en' | 'es' | 'et', string>>;
}

describe('without a network', () => {
  let world: XmppWorld;

  beforeAll(async () => {
    world = await startXmppWorld();
  });
  afterAll(() => world?.stop());

  it('keeps what was written, over a restart, and sends each once and in order', async () => {
    const { prosody, ownJid, env } = world;
    const profileDir = tidyUp.dir(await makeUserDir('profile'));
    const peer = await world.connectPeer();
    const first = await launchApp({ profileDir, env });
    const inbox = inboxOf(first.page);
    await addXmppAccount(inbox, world);
    await peer.send(ownJid, 'Are you there?');
    const martaRow = first.page.getByTestId('conversation-row').filter({ hasText: 'marta' });
    await martaRow.click();
    await inbox.bubble('Are you there?').waitFor();

    await prosody.kill();
    await until(async () => (await inbox.byId('online-chip').innerText()).startsWith('0 of 1'), { label: 'the account offline' });
    const written = ['one of three', 'two of three', 'three of three'];
    for (const text of written) await inbox.write(text);
    for (const text of written) {
      await inbox.bubble(text).waitFor();
      await until(async () => (await inbox.delivery(text)) === 'waiting', { label: `${text} waits` });
    }
    expect(await inbox.bubble('one of three').innerText()).toContain('waiting for the network');
    await first.close();

    const second = tidyUp.app(await launchApp({ profileDir, env }));
    const again = inboxOf(second.page);
    await second.page.getByTestId('conversation-row').filter({ hasText: 'marta' }).click();
    for (const text of written) {
      await again.bubble(text).waitFor();
      expect(await again.delivery(text), text).toBe('waiting');
    }
    await unlock(again);

    await prosody.restart();
    const newPeer = await world.connectPeer();
    await newPeer.waitForMessage((event) => event['body'] === 'three of three');
    for (const text of written) {
      await until(async () => ['sent', 'delivered', 'read'].includes((await again.delivery(text)) ?? ''), { timeoutMs: 30_000, label: `a tick for ${text}` });
    }
    const received = [...peer.events, ...newPeer.events].filter(({ event, body }) => event === 'message' && written.includes(String(body)));
    expect(received.map(({ body }) => body)).toEqual(written);
    expect(await again.bubble('of three').count()).toBe(3);
  });

  it('has a sentence of its own, in three languages, for each way in which signing in fails', async () => {
    const { prosody, ownJid, env } = world;
    const [silentPort = 0] = await pickFreePorts(1);
    const right = { address: ownJid, password: ownPassword, host: prosody.host, port: String(prosody.c2sPort) };
    const mistakes: readonly Mistake[] = [
      {
        code: 'wrong-password',
        values: { ...right, password: 'not this one' },
        words: { en: 'Address or password is not right', es: 'La dirección o la contraseña no es correcta', et: 'Aadress või parool pole õige' },
      },
      {
        code: 'server-unreachable',
        values: { ...right, port: String(silentPort) },
        words: { en: 'does not answer', es: 'no responde', et: 'ei vasta' },
      },
      {
        code: 'wrong-address',
        values: { ...right, address: 'worker at home' },
        words: { en: 'no such address or server', es: 'No existe esa dirección', et: 'Sellist aadressi või serverit pole' },
      },
    ];
    // An app that does not know the lab's authority: to it the very same server proves nothing.
    const unproven: Mistake = {
      code: 'certificate-invalid',
      values: right,
      words: { en: 'certificate is not valid', es: 'su certificado no es válido', et: 'sertifikaat' },
    };
    await makeMistakes(env, mistakes);
    await makeMistakes({}, [unproven]);
  });
});

/** Makes one after the other in the form of a fresh app and reads the sentence in every language. */
const makeMistakes = async (env: Readonly<Record<string, string>>, mistakes: readonly Mistake[]): Promise<void> => {
  const app = tidyUp.app(await launchApp({ env }));
  const inbox = inboxOf(app.page);
  await inbox.byId('welcome-add-account').click();
  await inbox.byId('network-xmpp').click();
  await inbox.byId('account-more').click();
  for (const { code, values, words } of mistakes) {
    for (const [name, value] of Object.entries(values)) await inbox.byId(`account-${name}`).fill(value);
    await inbox.byId('account-submit').click();
    // The first password needs something that seals it.
    if (code === mistakes[0]?.code) await inbox.choosePassphrase(passphrase);
    const error = inbox.byId('account-error');
    await until(async () => (await error.getAttribute('data-code')) === code, { timeoutMs: 30_000, label: `the error ${code}` });
    for (const locale of ['es', 'et', 'en'] as const) {
      await askEngine(app.page, 'settings.set', { patch: { locale } });
      await until(async () => (await error.innerText()).includes(words[locale]), { label: `${code} in ${locale}` });
    }
  }
};
