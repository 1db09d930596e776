import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../../electron/engine/log/log.ts';
import { redact } from '../../../electron/engine/log/redact.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

const canary = 'canary-4711';

describe('redact', () => {
  it.each([
    [{ password: canary }],
    [{ accessToken: canary }],
    [{ nested: { deep: { secret: canary } } }],
    [{ list: [{ authorization: canary }] }],
    [{ text: canary, body: canary, draft: canary }],
    [{ url: `https://x.example/?access_token=${canary}&y=1` }],
    [{ header: `Bearer ${canary}` }],
    [{ url: `https://user:${canary}@x.example/` }],
    [{ error: new Error(`login failed, password=${canary}`) }],
    [{ blob: Buffer.from(canary) }],
    [{ masterKey: canary }],
  ])('hides what is in %j', (data) => {
    expect(JSON.stringify(redact(data))).not.toContain(canary);
  });

  it('keeps what helps', () => {
    expect(redact({ accountId: 3, server: 'x.example', isRetryable: true })).toEqual({
      accountId: 3,
      server: 'x.example',
      isRetryable: true,
    });
  });

  it('keeps a line one line and short', () => {
    const { detail } = redact({ detail: `a\nb\u202e${'x'.repeat(1_000)}` }) as { detail: string };
    expect(detail).not.toMatch(/[\n\u202e]/);
    expect(detail.length).toBeLessThan(400);
  });

  it('survives a structure that contains itself', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(() => JSON.stringify(redact(circle))).not.toThrow();
  });
});

describe('log', () => {
  it('writes one object a line, above its level only', () => {
    const profileDir = tempFolder();
    const log = createLog({ profileDir, now: () => 0 }).with({ accountId: 1 });
    log.debug('unseen');
    log.warn('seen', { attempt: 2 });
    const lines = readFileSync(join(profileDir, 'logs', 'engine.log'), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { at: '1970-01-01T00:00:00.000Z', level: 'warn', event: 'seen', accountId: 1, attempt: 2 },
    ]);
  });

  it('rotates and keeps three old files', () => {
    const profileDir = tempFolder();
    const log = createLog({ profileDir, now: Date.now, maxBytes: 500 });
    for (let index = 0; index < 100; index += 1) log.info('line', { index });
    expect(readdirSync(join(profileDir, 'logs')).sort()).toEqual(['engine.log', 'engine.log.1', 'engine.log.2', 'engine.log.3']);
  });
});
