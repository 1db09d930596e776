import { describe, expect, it } from 'vitest';
import { findEndpoints } from '../../../bridges/xmpp/stream/dns/find-endpoints.ts';
import { orderSrvRecords } from '../../../bridges/xmpp/stream/dns/order-srv-records.ts';
import type { SrvRecord, SrvResolver } from '../../../bridges/xmpp/stream/dns/resolver.ts';

/** A small generator with a seed, so that the draws are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const record = (name: string, priority: number, weight: number, port = 5222): SrvRecord => ({ name, port, priority, weight });

const resolver = (zones: Readonly<Record<string, readonly SrvRecord[]>>): SrvResolver => ({
  resolveSrv: (name) => Promise.resolve(zones[name] ?? []),
});

describe('SRV records', () => {
  it('are drawn by their weights', () => {
    const records = [record('a', 1, 60), record('b', 1, 30), record('c', 1, 10)];
    const random = seeded(7);
    const firsts = Array.from({ length: 1_000 }, () => orderSrvRecords(records, random)[0]?.name);
    const share = (name: string): number => firsts.filter((first) => first === name).length / 1_000;
    expect(Math.abs(share('a') - 0.6)).toBeLessThan(0.05);
    expect(Math.abs(share('b') - 0.3)).toBeLessThan(0.05);
    expect(Math.abs(share('c') - 0.1)).toBeLessThan(0.05);
  });

  it('are tried priority by priority, every one of them', () => {
    const records = [record('last', 20, 100), record('b', 10, 0), record('a', 10, 0), record('first', 5, 0)];
    const random = seeded(1);
    for (let draw = 0; draw < 100; draw += 1) {
      const order = orderSrvRecords(records, random).map(({ name }) => name);
      expect(order[0]).toBe('first');
      expect(order[3]).toBe('last');
      expect(new Set(order).size).toBe(4);
    }
  });

  it('of weight 0 are seldom first', () => {
    const records = [record('heavy', 1, 99), record('zero', 1, 0)];
    const random = seeded(3);
    const zeroFirst = Array.from({ length: 1_000 }, () => orderSrvRecords(records, random)[0]?.name === 'zero');
    expect(zeroFirst.filter(Boolean).length).toBeLessThan(50);
  });
});

describe('endpoints', () => {
  const at = { domain: 'a.example' };

  it('mix direct TLS and STARTTLS by priority', async () => {
    const zones = {
      '_xmpps-client._tcp.a.example': [record('tls', 10, 0, 443)],
      '_xmpp-client._tcp.a.example': [record('plain', 5, 0)],
    };
    expect(await findEndpoints(at, resolver(zones))).toEqual([
      { host: 'plain', port: 5222, security: 'starttls' },
      { host: 'tls', port: 443, security: 'direct' },
    ]);
  });

  it('are the domain itself when there are no records, or DNS fails', async () => {
    const expected = [
      { host: 'a.example', port: 5222, security: 'starttls' },
      { host: 'a.example', port: 5223, security: 'direct' },
    ];
    expect(await findEndpoints(at, resolver({}))).toEqual(expected);
    expect(await findEndpoints(at, { resolveSrv: () => Promise.reject(new Error('SERVFAIL')) })).toEqual(expected);
  });

  it('are none when the domain says so', async () => {
    const zones = { '_xmpp-client._tcp.a.example': [record('.', 0, 0)] };
    expect(await findEndpoints(at, resolver(zones))).toEqual([]);
  });

  it('leave out a service that is not offered', async () => {
    const zones = {
      '_xmpps-client._tcp.a.example': [record('.', 0, 0)],
      '_xmpp-client._tcp.a.example': [record('plain', 5, 0)],
    };
    expect(await findEndpoints(at, resolver(zones))).toHaveLength(1);
  });

  it('set by hand are taken without asking DNS', async () => {
    const never: SrvResolver = { resolveSrv: () => Promise.reject(new Error('asked')) };
    expect(await findEndpoints({ ...at, host: 'h', port: 5223 }, never)).toEqual([
      { host: 'h', port: 5223, security: 'direct' },
      { host: 'h', port: 5223, security: 'starttls' },
    ]);
    expect(await findEndpoints({ ...at, port: 15222 }, never)).toMatchObject([{ host: 'a.example', security: 'starttls' }, {}]);
  });
});
