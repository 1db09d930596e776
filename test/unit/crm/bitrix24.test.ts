import { describe, expect, it } from 'vitest';
import { withoutTags } from '../../../electron/engine/crm/bitrix24/bb-code.ts';
import { callBitrix } from '../../../electron/engine/crm/bitrix24/call-bitrix.ts';
import { readWebhookAddress } from '../../../electron/engine/crm/bitrix24/webhook-address.ts';
import type { ConnectorContext } from '../../../electron/engine/crm/connector.ts';
import { Permanent, RateLimited, Unknown } from '../../../electron/engine/crm/errors.ts';
import type { HttpAnswer } from '../../../electron/engine/crm/http/pinned-http.ts';

const address = 'https://levante.bitrix24.com/rest/1/k3y0fth3w3bh00k1/';

const contextOf = (send: () => Promise<HttpAnswer>): ConnectorContext => ({
  values: { inboundWebhook: address },
  http: { send },
  memory: new Map(),
  signal: new AbortController().signal,
  accessToken: () => Promise.reject(new Error('no tokens here')),
});

const answer = (status: number, body: string): HttpAnswer => ({ status, headers: new Headers(), bytes: new TextEncoder().encode(body) });

describe('Bitrix24', () => {
  it.each([address, `${address}profile.json`, ` ${address}crm.lead.add.json?FIELDS[TITLE]=x `, address.slice(0, -1)])('reads the address as it is shown for copying: %s', (typed) => {
    expect(readWebhookAddress({ inboundWebhook: typed })).toEqual({ server: 'https://levante.bitrix24.com', secretPath: '/rest/1/k3y0fth3w3bh00k1' });
  });

  it.each(['', 'https://levante.bitrix24.com/', 'https://levante.bitrix24.com/rest/x/k3y0fth3w3bh00k1/', 'https://169.254.169.254/rest/1/k3y0fth3w3bh00k1/', 'http://levante.bitrix24.com/rest/1/k3y0fth3w3bh00k1/'])(
    'takes no other address, and does not repeat it: %s',
    (typed) => {
      const read = () => readWebhookAddress({ inboundWebhook: typed });
      expect(read).toThrow(Permanent);
      expect(read).not.toThrow(/k3y0fth3w3bh00k1/);
    },
  );

  it('never puts the address into an error', async () => {
    const refused = new Permanent('redirect-refused', { detail: 'a write was redirected to /rest/1/k3y0fth3w3bh00k1/profile', server: 'levante.bitrix24.com' });
    const failure = await callBitrix(contextOf(() => Promise.reject(refused)), 'profile').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'redirect-refused', more: { detail: 'a write was redirected to /rest/…/profile' } });
    expect(String(failure)).not.toContain('k3y0fth3w3bh00k1');
  });

  it('waits for a full bucket, and looks first where a proxy answers 503', async () => {
    const limited = callBitrix(contextOf(() => Promise.resolve(answer(503, '{"error":"QUERY_LIMIT_EXCEEDED"}'))), 'profile');
    await expect(limited).rejects.toBeInstanceOf(RateLimited);
    const unclear = callBitrix(contextOf(() => Promise.resolve(answer(503, '<html>busy</html>'))), 'profile');
    await expect(unclear).rejects.toBeInstanceOf(Unknown);
  });

  it('keeps every bracket from opening a tag, but not the marker', () => {
    const marker = '[ref:pal1.aaaaaaaaaaaaaaaa;l=bbbbbbbbbb]';
    const text = `[B]x[/B] [*] [1] [ ] ${marker} y\n${marker}`;
    const made = withoutTags(text);
    expect(made).not.toMatch(/\[[/*a-z](?!ef:pal1)/i);
    expect(made.endsWith(`\n${marker}`)).toBe(true);
    expect(made.indexOf(marker)).toBe(made.length - marker.length);
    expect(made.replaceAll('\u200b', '')).toBe(text);
  });
});
