// needs: synapse tools
/** Signing in over TLS, the server found by its well-known file; in a process that trusts the lab's authority. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matrixBridge } from '../../../bridges/matrix/index.ts';
import { refreshTokens } from '../../../bridges/matrix/refresh.ts';
import { startSynapse, type SynapseServer } from '../../lab/index.ts';

const run = promisify(execFile);
const signal = new AbortController().signal;

let synapse: SynapseServer;

beforeAll(async () => {
  synapse = await startSynapse();
  await synapse.register('alice', 'alice-secret');
});

afterAll(() => synapse?.stop());

const program = `
  import { matrixBridge } from '#matrix-under-test';
  const [address, password, server] = process.argv.slice(1);
  const result = await matrixBridge.login('password', { address, password, server }, new AbortController().signal).catch((error) => error.fault);
  console.log(JSON.stringify(result));
`.replace('#matrix-under-test', new URL('../../../bridges/matrix/index.ts', import.meta.url).href);

/** The outcome of a login in a process that trusts `caFile` on top of the usual authorities. */
const loginElsewhere = async (server: string, caFile: string): Promise<unknown> => {
  const args = ['--input-type=module', '-e', program, '@alice:localhost', 'alice-secret', server];
  const { stdout } = await run(process.execPath, args, { env: { ...process.env, NODE_EXTRA_CA_CERTS: caFile } });
  return JSON.parse(stdout) as unknown;
};

describe('signing in at a Synapse', () => {
  it('finds the server by the well-known file of the domain, over TLS', async () => {
    const result = await loginElsewhere(`localhost:${String(synapse.wellKnownPort)}`, synapse.caFile);
    expect(result).toMatchObject({ address: '@alice:localhost', settings: { baseUrl: synapse.tlsBaseUrl } });
  });

  it('refuses the same server where its authority is not trusted', async () => {
    const attempt = matrixBridge.login('password', { address: '@alice:localhost', password: 'alice-secret', server: synapse.tlsBaseUrl }, signal);
    await expect(attempt).rejects.toMatchObject({ fault: { code: 'certificate-invalid' } });
  });

  it('gets tokens that can be renewed, again and again', async () => {
    const { secrets } = await matrixBridge.login('password', { address: '@alice:localhost', password: 'alice-secret', server: synapse.baseUrl }, signal);
    let refreshToken = secrets['refreshToken'] ?? '';
    for (let count = 0; count < 3; count += 1) {
      const fresh = await refreshTokens(synapse.baseUrl, refreshToken, signal);
      const headers = { authorization: `Bearer ${fresh.accessToken}` };
      const answer = await fetch(`${synapse.baseUrl}/_matrix/client/v3/account/whoami`, { headers });
      expect(await answer.json()).toMatchObject({ user_id: '@alice:localhost' });
      expect(fresh.refreshToken).not.toBe(refreshToken);
      refreshToken = fresh.refreshToken ?? '';
    }
    await expect(refreshTokens(synapse.baseUrl, 'made up', signal)).rejects.toMatchObject({ fault: { code: 'signed-out' } });
  });

  it.each([
    ['@alice:localhost', 'wrong', 'wrong-password'],
    ['@nobody:localhost', 'alice-secret', 'wrong-password'],
  ])('%s with %s: %s', async (address, password, code) => {
    await expect(matrixBridge.login('password', { address, password, server: synapse.baseUrl }, signal)).rejects.toMatchObject({
      fault: { code },
    });
  });

  it('says that an account was switched off', async () => {
    const { userId } = await synapse.register('gone', 'gone-secret');
    await synapse.register('root', 'root-secret', true);
    const admin = await matrixBridge.login('password', { address: '@root:localhost', password: 'root-secret', server: synapse.baseUrl }, signal);
    const answer = await fetch(`${synapse.baseUrl}/_synapse/admin/v1/deactivate/${encodeURIComponent(userId)}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin.secrets['accessToken'] ?? ''}` },
      body: '{}',
    });
    expect(answer.status).toBe(200);
    const attempt = matrixBridge.login('password', { address: userId, password: 'gone-secret', server: synapse.baseUrl }, signal);
    const fault = await attempt.catch((error: unknown) => (error as { fault: { code: string } }).fault);
    // Synapse forgets the password of such an account: it may not tell the two apart.
    expect(['account-disabled', 'wrong-password']).toContain((fault as { code: string }).code);
  });
});
