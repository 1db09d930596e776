// needs: prosody tools
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createXmppBridge } from '../../../bridges/xmpp/index.ts';
import { openRawStream, startProsody, type ProsodyOptions, type ProsodyServer } from '../../lab/index.ts';
import { askAdminShell } from '../../lab/prosody/admin-shell.ts';

async function prosody(options: ProsodyOptions): Promise<ProsodyServer> {
  const server = await startProsody(options);
  onTestFinished(() => server.stop());
  expect(readFileSync(server.logFile, 'utf8')).not.toMatch(/\t(error|warn)\t/);
  return server;
}

async function greeting(server: ProsodyServer, user?: string): Promise<string> {
  const stream = await openRawStream(server, user);
  onTestFinished(() => stream.close());
  return stream.text;
}

describe('Prosody of the lab', () => {
  it('offers SASL2, Bind 2 and FAST on 13, and only where they are asked for', async () => {
    const features = await greeting(await prosody({ version: '13', passwordHash: 'SHA-256' }), 'anna');
    expect(features).toContain('urn:xmpp:sasl:2');
    expect(features).toContain('urn:xmpp:bind:0');
    expect(features).toContain('<mechanism>HT-SHA-256-EXPR</mechanism>');
    expect(features).toContain('<mechanism>SCRAM-SHA-256-PLUS</mechanism>');
    const plain = await greeting(await prosody({ version: '13', sasl2: false }), 'anna');
    expect(plain).not.toContain('urn:xmpp:sasl:2');
    await expect(startProsody({ sasl2: true })).rejects.toThrow('13 only');
  });

  it.each(['0.12', '13'] as const)('makes accounts itself, asks in a data form who wants one, or gives none (%s)', async (version) => {
    const server = await prosody({ version, registration: 'form' });
    const difficult = 'pä"ss\\ <&> ]]>';
    for (const password of ['first', difficult]) await server.register('anna', password);
    const login = (password: string) =>
      createXmppBridge({ ca: server.caPem }).login('password', { address: `anna@${server.domain}`, host: server.host, port: String(server.c2sPort), password }, AbortSignal.timeout(20_000));
    expect(await login(difficult)).toMatchObject({ address: `anna@${server.domain}` });
    await expect(login('first')).rejects.toMatchObject({ fault: { code: 'wrong-password' } });
    await expect(askAdminShell(server.dir, 'user:create("anna@nowhere.test", "x")')).rejects.toThrow('No such host');

    const stream = await openRawStream(server);
    onTestFinished(() => stream.close());
    stream.write('<iq type="get" id="form"><query xmlns="jabber:iq:register"/></iq>');
    const answer = await stream.waitFor(/<\/iq>/);
    expect(answer).toContain('An account at the lab');
    expect(answer).toMatch(/var='email'/);
    expect(await greeting(await prosody({ version, registration: 'closed' }))).not.toContain('iq-register');
  });
});
