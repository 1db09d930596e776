import { describe, expect, it } from 'vitest';
import { chooseMechanism } from '../../../bridges/xmpp/stream/sasl/choose-mechanism.ts';
import { scram } from '../../../bridges/xmpp/stream/sasl/scram.ts';

/** The examples of RFC 5802 section 5 and RFC 7677 section 3. */
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
] as const;

const start = (hash: 'sha1' | 'sha256', nonce: string) => scram({ hash, nonce, username: 'user', password: 'pencil' });
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
      for (const wrong of ['', 'v=', 'v=AAAA', 'e=invalid-proof', vector.serverFinal.replace(/.=$/, 'A=').replace('v=r', 'v=s')]) {
        expect(mechanism.verify(bytes(wrong)), wrong).toBe(vector.serverFinal === wrong);
      }
      expect(mechanism.verify(null)).toBe(false);
    });
  }

  it('binds to the channel in header and proof', async () => {
    const channelBinding = Buffer.alloc(32, 1);
    const mechanism = scram({ hash: 'sha256', nonce: 'abc', username: 'user', password: 'pencil', channelBinding });
    expect(mechanism.initialResponse.toString()).toBe('p=tls-exporter,,n=user,r=abc');
    const response = (await mechanism.respond(bytes('r=abcdef,s=c2FsdA==,i=4096'))).toString();
    const sent = Buffer.from(/c=([^,]+)/.exec(response)?.[1] ?? '', 'base64');
    expect(sent).toEqual(Buffer.concat([bytes('p=tls-exporter,,'), channelBinding]));
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

describe('the choice of mechanism', () => {
  const everything = new Set(['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-1-PLUS', 'SCRAM-SHA-256-PLUS']);
  const offer = { mechanisms: everything, canBindChannel: true, isPlainAllowed: true };

  it('takes the strongest', () => {
    expect(chooseMechanism(offer)).toBe('SCRAM-SHA-256-PLUS');
    expect(chooseMechanism({ ...offer, canBindChannel: false })).toBe('SCRAM-SHA-256');
  });

  it('takes PLAIN only with consent, and only when there is nothing better', () => {
    const plainOnly = { ...offer, mechanisms: new Set(['PLAIN']) };
    expect(chooseMechanism(plainOnly)).toBe('PLAIN');
    expect(() => chooseMechanism({ ...plainOnly, isPlainAllowed: false })).toThrow(/PLAIN/);
  });

  it('does not go back to something weaker', () => {
    const weaker = { ...offer, mechanisms: new Set(['SCRAM-SHA-1']), weakestAllowed: 'SCRAM-SHA-256' } as const;
    expect(() => chooseMechanism(weaker)).toThrow(/used to offer SCRAM-SHA-256/);
    expect(chooseMechanism({ ...weaker, weakestAllowed: 'SCRAM-SHA-1' })).toBe('SCRAM-SHA-1');
  });
});
