import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BridgeError } from '#bridge';
import type { ChannelBindingType } from '../../../bridges/xmpp/extensions/0440-channel-binding-types.ts';
import type { SaslOffer } from '../../../bridges/xmpp/extensions/0474-scram-downgrade-protection.ts';
import {
  chooseMechanism,
  strongerOf,
  type MechanismName,
  type MechanismOffer,
} from '../../../bridges/xmpp/stream/sasl/choose-mechanism.ts';
import { hashedToken } from '../../../bridges/xmpp/stream/sasl/hashed-token.ts';
import { scram } from '../../../bridges/xmpp/stream/sasl/scram.ts';

/** The examples of RFC 5802 section 5 and RFC 7677 section 3; for SHA-512 the latter, worked out with Python's hashlib. */
const vectors = [
  {
    hash: 'sha1',
    nonce: 'fyko+d2lbbFgONRv9qkxdawL',
    serverFirst: 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
    clientFinal: 'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    serverFinal: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  },
  {
    hash: 'sha256',
    nonce: 'rOprNGfwEbeRWgbNEkqO',
    serverFirst: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    clientFinal:
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
  {
    hash: 'sha512',
    nonce: 'rOprNGfwEbeRWgbNEkqO',
    serverFirst: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    clientFinal:
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,' +
      'p=gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN8PPC6wdp6dybEmDYXYTxwnYPJQ==',
    serverFinal: 'v=ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4+5ZxXnJq199RVG2rR7N7Zw==',
  },
] as const;

const start = (hash: 'sha1' | 'sha256' | 'sha512', nonce: string) => scram({ hash, nonce, username: 'user', password: 'pencil' });
const bytes = (text: string): Buffer => Buffer.from(text);

describe('SCRAM', () => {
  for (const vector of vectors) {
    it(`follows the RFC's example for ${vector.hash}`, async () => {
      const mechanism = start(vector.hash, vector.nonce);
      expect(mechanism.initialResponse.toString()).toBe(`n,,n=user,r=${vector.nonce}`);
      expect((await mechanism.respond(bytes(vector.serverFirst))).toString()).toBe(vector.clientFinal);
      expect(mechanism.verify(bytes(vector.serverFinal))).toBe(true);
    });

    it(`believes no other signature for ${vector.hash}`, async () => {
      const mechanism = start(vector.hash, vector.nonce);
      expect(mechanism.verify(bytes(vector.serverFinal))).toBe(false);
      await mechanism.respond(bytes(vector.serverFirst));
      for (const wrong of ['', 'v=', 'v=AAAA', 'e=invalid-proof', vector.serverFinal.replace('v=', 'v=A')]) {
        expect(mechanism.verify(bytes(wrong)), wrong).toBe(vector.serverFinal === wrong);
      }
      expect(mechanism.verify(null)).toBe(false);
    });
  }

  it('binds to the channel in header and proof', async () => {
    const data = Buffer.alloc(32, 1);
    const channelBinding = { type: 'tls-exporter', data } as const;
    const mechanism = scram({ hash: 'sha256', nonce: 'abc', username: 'user', password: 'pencil', channelBinding });
    expect(mechanism.initialResponse.toString()).toBe('p=tls-exporter,,n=user,r=abc');
    const response = (await mechanism.respond(bytes('r=abcdef,s=c2FsdA==,i=4096'))).toString();
    const sent = Buffer.from(/c=([^,]+)/.exec(response)?.[1] ?? '', 'base64');
    expect(sent).toEqual(Buffer.concat([bytes('p=tls-exporter,,'), data]));
  });

  it('escapes what separates', () => {
    const mechanism = scram({ hash: 'sha1', nonce: 'abc', username: 'a=b,c', password: '' });
    expect(mechanism.initialResponse.toString()).toBe('n,,n=a=3Db=2Cc,r=abc');
  });

  it('normalises the password, so that it works from every keyboard', async () => {
    const first = bytes('r=abcdef,s=c2FsdA==,i=4096');
    const answer = (password: string) => scram({ hash: 'sha1', nonce: 'abc', username: 'u', password }).respond(first);
    expect(await answer('cafe\u0301')).toEqual(await answer('caf\u00e9'));
  });

  it('refuses a server that breaks the exchange', async () => {
    const cases = [
      'r=other,s=c2FsdA==,i=4096',
      'r=abc,s=c2FsdA==,i=4096',
      'r=abcdef,s=c2FsdA==,i=4095',
      'r=abcdef,s=c2FsdA==,i=5000001',
      'r=abcdef,s=c2FsdA==,i=99999999999',
      'r=abcdef,s=c2FsdA==',
      'r=abcdef,s=,i=4096',
      'm=ext,r=abcdef,s=c2FsdA==,i=4096',
      'e=other-error',
      '',
    ];
    for (const serverFirst of cases) {
      const mechanism = scram({ hash: 'sha1', nonce: 'abc', username: 'u', password: 'p' });
      const attempt = mechanism.respond(bytes(serverFirst));
      await expect(attempt, serverFirst).rejects.toMatchObject({ fault: { code: 'server-not-trusted' } });
    }
  });

  it('uses another nonce each time', () => {
    const nonces = Array.from({ length: 100 }, () =>
      scram({ hash: 'sha1', username: 'u', password: 'p' }).initialResponse.toString(),
    );
    expect(new Set(nonces).size).toBe(100);
  });
});

/** The example of XEP-0474 section 6.3, cut down to what the hash is about. */
describe('the list of mechanisms, signed by the server', () => {
  const offer = {
    mechanisms: ['SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS'],
    bindings: ['tls-server-end-point', 'tls-exporter'],
  };
  const published = 'G6k/rBLDqgOhRRaCuuatSDFkJ08=';
  const answer = (offered: SaslOffer, h = published): Promise<Buffer> =>
    scram({ hash: 'sha1', nonce: 'abc', username: 'u', password: 'p', offer: offered }).respond(
      bytes(`r=abcdef,s=c2FsdA==,i=4096,h=${h}`),
    );
  const older = (text: string): string => createHash('sha1').update(text).digest('base64');

  it('is believed when it is what we saw, in the order of either version', async () => {
    expect((await answer(offer)).toString()).toContain('r=abcdef');
    const list = 'SCRAM-SHA-1,SCRAM-SHA-1-PLUS|tls-exporter,tls-server-end-point';
    await expect(answer(offer, older(list))).resolves.toBeInstanceOf(Buffer);
    await expect(answer({ ...offer, bindings: null }, older('SCRAM-SHA-1\x1eSCRAM-SHA-1-PLUS'))).resolves.toBeInstanceOf(Buffer);
  });

  it('gives away who took something out of it', async () => {
    const stripped: SaslOffer[] = [
      { ...offer, mechanisms: ['SCRAM-SHA-1'] },
      { ...offer, bindings: ['tls-server-end-point'] },
      { ...offer, bindings: null },
      { ...offer, mechanisms: [...offer.mechanisms, 'PLAIN'] },
    ];
    for (const seen of stripped) {
      await expect(answer(seen), JSON.stringify(seen)).rejects.toMatchObject({ fault: { code: 'server-not-trusted' } });
    }
    await expect(answer(offer, '')).rejects.toMatchObject({ fault: { code: 'server-not-trusted' } });
  });
});

describe('a token', () => {
  it('is proved by both sides, and bound to the channel', () => {
    const binding = Buffer.alloc(32, 7);
    const mechanism = hashedToken('user', 'secret-token:fast-abc', binding);
    const hmac = (role: string, data = binding): Buffer =>
      createHmac('sha256', 'secret-token:fast-abc').update(Buffer.concat([bytes(role), data])).digest();
    expect(mechanism.initialResponse).toEqual(Buffer.concat([bytes('user\0'), hmac('Initiator')]));
    expect(mechanism.verify(hmac('Responder'))).toBe(true);
    for (const wrong of [null, Buffer.alloc(0), hmac('Initiator'), hmac('Responder', Buffer.alloc(32, 8))]) {
      expect(mechanism.verify(wrong)).toBe(false);
    }
  });
});

describe('the choice of mechanism', () => {
  const names = ['SHA-1', 'SHA-256', 'SHA-512'].flatMap((hash) => [`SCRAM-${hash}`, `SCRAM-${hash}-PLUS`]);
  const bindings = new Map([['tls-exporter', Buffer.alloc(32)]] as const);
  const offer = { mechanisms: new Set(['PLAIN', ...names]), bindings, isPlainAllowed: true };
  const only = (...mechanisms: string[]) => ({ ...offer, mechanisms: new Set(mechanisms) });
  const codeOf = (attempt: () => unknown): unknown => {
    try {
      return attempt();
    } catch (error) {
      return error instanceof BridgeError ? `${error.fault.code}: ${error.fault.detail}` : error;
    }
  };

  it('takes the strongest', () => {
    expect(chooseMechanism(offer)).toEqual({ mechanism: 'SCRAM-SHA-512-PLUS', binding: 'tls-exporter' });
    expect(chooseMechanism({ ...offer, bindings: new Map() })).toEqual({ mechanism: 'SCRAM-SHA-512', binding: null });
    expect(chooseMechanism(only('SCRAM-SHA-512', 'SCRAM-SHA-1-PLUS')).mechanism).toBe('SCRAM-SHA-1-PLUS');
  });

  it('takes PLAIN only with consent, and only when there is nothing better', () => {
    expect(chooseMechanism(only('PLAIN')).mechanism).toBe('PLAIN');
    expect(chooseMechanism(only('PLAIN', 'SCRAM-SHA-1')).mechanism).toBe('SCRAM-SHA-1');
    expect(codeOf(() => chooseMechanism({ ...only('PLAIN'), isPlainAllowed: false }))).toMatch(/^no-login-method: .*PLAIN/);
  });

  it('does not go back to something weaker', () => {
    const before = (mechanism: MechanismName, binding: ChannelBindingType | null = null): MechanismOffer => ({
      ...only('SCRAM-SHA-1'),
      weakestAllowed: { mechanism, binding },
    });
    expect(codeOf(() => chooseMechanism(before('SCRAM-SHA-256')))).toMatch(/^server-not-trusted: .*used to offer SCRAM-SHA-256/);
    expect(codeOf(() => chooseMechanism({ ...before('SCRAM-SHA-1'), mechanisms: new Set(['PLAIN']) }))).toMatch(/^server-not-tr/);
    expect(chooseMechanism(before('SCRAM-SHA-1')).mechanism).toBe('SCRAM-SHA-1');
    expect(chooseMechanism(before('PLAIN')).mechanism).toBe('SCRAM-SHA-1');
  });

  it('does not go back to a weaker binding either', () => {
    const weaker = new Map([['tls-server-end-point', Buffer.alloc(32)]] as const);
    const exporter = { mechanism: 'SCRAM-SHA-512-PLUS', binding: 'tls-exporter' } as const;
    const attempt = (): unknown => chooseMechanism({ ...offer, bindings: weaker, weakestAllowed: exporter });
    expect(codeOf(attempt)).toMatch(/^server-not-trusted: .*with tls-exporter/);
    expect(chooseMechanism({ ...offer, weakestAllowed: { ...exporter, binding: null } }).binding).toBe('tls-exporter');
  });

  it('remembers the better of two', () => {
    const weak = { mechanism: 'SCRAM-SHA-1', binding: null } as const;
    const strong = { mechanism: 'SCRAM-SHA-256-PLUS', binding: 'tls-exporter' } as const;
    expect(strongerOf(weak, strong)).toBe(strong);
    expect(strongerOf(strong, weak)).toBe(strong);
    expect(strongerOf(null, weak)).toBe(weak);
  });
});
