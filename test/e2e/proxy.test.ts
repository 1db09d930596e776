// needs: electron prosody tools
/** An account whose way leads through a proxy, given in the form like everything else. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestProxy, type TestProxy } from '../kit/test-proxy.ts';
import { until } from '../kit/until.ts';
import { askEngine } from './kit/ask-engine.ts';
import { launchApp } from './kit/launch-app.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { ownPassword, passphrase, startXmppWorld, type XmppWorld } from './kit/xmpp-inbox.ts';
import { inboxOf } from './story/inbox.ts';

const tidyUp = useTidyUp();
const imageDir = 'test-results/images';
const hidden = 'xmpp.behind.invalid';

describe('an account behind a proxy', () => {
  let world: XmppWorld;
  let proxy: TestProxy;

  beforeAll(async () => {
    mkdirSync(imageDir, { recursive: true });
    world = await startXmppWorld({ version: '13' });
    const login = { username: 'office', password: 'proxy secret' };
    proxy = await startTestProxy({ kind: 'socks5', login, hosts: { [hidden]: '127.0.0.1' } });
  });
  afterAll(async () => {
    await proxy?.close();
    await world?.stop();
  });

  it('is told what the proxy does not like, and then signs in through it', async () => {
    const app = tidyUp.app(await launchApp({ env: world.env }));
    const inbox = inboxOf(app.page);
    await inbox.byId('welcome-add-account').click();
    await inbox.byId('network-xmpp').click();
    await inbox.byId('account-more').click();
    const values = {
      ...{ address: world.ownJid, password: ownPassword, host: hidden, port: String(world.prosody.c2sPort) },
      ...{ proxyHost: '127.0.0.1', proxyPort: String(proxy.port), proxyUser: 'office', proxyPassword: 'wrong' },
    };
    for (const [name, value] of Object.entries(values)) await inbox.byId(`account-${name}`).fill(value);
    await inbox.byId('account-proxyKind').selectOption('socks5');
    expect(await inbox.byId('account-proxyPassword').getAttribute('type')).toBe('password');
    await inbox.byId('account-submit').click();
    await inbox.choosePassphrase(passphrase);
    const error = inbox.byId('account-error');
    await until(async () => (await error.getAttribute('data-code')) === 'wrong-proxy-password', { timeoutMs: 30_000, label: 'the refusal' });
    const words = { es: 'no acepta el usuario', et: 'ei võta kasutajanime', en: 'does not accept user name or password' } as const;
    for (const locale of ['es', 'et', 'en'] as const) {
      await askEngine(app.page, 'settings.set', { patch: { locale } });
      await until(async () => (await error.innerText()).includes(words[locale]), { label: `the refusal in ${locale}` });
    }
    await inbox.byId('account-proxyHost').scrollIntoViewIfNeeded();
    await app.page.screenshot({ path: join(imageDir, 'proxy.png') });

    await inbox.byId('account-proxyPassword').fill('proxy secret');
    await inbox.byId('account-submit').click();
    await until(async () => (await inbox.byId('online-chip').innerText()).startsWith('1 of 1'), { label: 'the account online' });
    expect(new Set(proxy.requests)).toEqual(new Set([`${hidden}:${world.prosody.c2sPort}`]));
  });
});
