import { request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadOAuth, type LoopbackRedirect } from '#kit';

const listen = async (patienceMs = 60_000): Promise<LoopbackRedirect> => {
  const { listenForReturn } = await loadOAuth();
  const judge = (query: URLSearchParams): 'welcome' | 'declined' | null => (query.get('state') !== 'ours' ? null : query.has('error') ? 'declined' : 'welcome');
  const listener = await listenForReturn({ path: '/back', judge, patienceMs });
  onTestFinished(() => listener.close());
  return listener;
};
const statusOf = async (url: string, init: RequestInit = {}): Promise<number> => (await fetch(url, init)).status;

/** `fetch` does not let anybody choose the name of the host. */
const asHost = (address: string, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    request(`${address}?state=ours&code=1`, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    }).on('error', reject).end();
  });

describe('the way back from a browser', () => {
  it('takes one answer, and tells the browser what became of it', async () => {
    const listener = await listen();
    expect(listener.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/back$/u);
    const answer = await fetch(`${listener.address}?state=ours&code=1`);
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'");
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.text()).toContain('Ya has iniciado sesión');
    expect((await listener.answer).get('code')).toBe('1');
    expect(await statusOf(`${listener.address}?state=ours&code=2`)).toBe(400);
    expect((await listener.answer).get('code')).toBe('1');
  });

  it.each([
    ['another path', (address: string) => statusOf(`${address}/x?state=ours`), 404],
    ['nothing asked', (address: string) => statusOf(address), 404],
    ['another method', (address: string) => statusOf(`${address}?state=ours`, { method: 'POST' }), 404],
    ['another state', (address: string) => statusOf(`${address}?state=theirs`), 400],
    ['another name of this computer', (address: string) => asHost(address, `localhost:${new URL(address).port}`), 404],
    ['the name of another host', (address: string) => asHost(address, 'evil.example'), 404],
    ['words without an end', (address: string) => statusOf(`${address}?state=ours&code=${'x'.repeat(9_000)}`), 404],
  ])('takes nothing from %s', async (_what, ask, status) => {
    const listener = await listen();
    expect(await ask(listener.address)).toBe(status);
    expect(await statusOf(`${listener.address}?state=ours&error=access_denied`)).toBe(200);
    expect((await listener.answer).get('error')).toBe('access_denied');
  });

  it('waits for its time, and is gone after it', async () => {
    const listener = await listen(20);
    await expect(listener.answer).rejects.toMatchObject({ fault: { code: 'sign-in-expired' } });
    await expect(fetch(listener.address)).rejects.toThrow();
  });

  it('is gone when it is closed', async () => {
    const listener = await listen();
    listener.close();
    await expect(listener.answer).rejects.toMatchObject({ fault: { code: 'cancelled' } });
    await expect(fetch(listener.address)).rejects.toThrow();
  });
});
