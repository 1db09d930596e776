/** The address at which a server proved itself last, when its names lead nowhere. */
import { createServer, type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { streamOptions } from '../../../bridges/xmpp/account-settings.ts';
import { openSecureStream } from '../../../bridges/xmpp/stream/open-secure-stream.ts';
import { passingMemory } from '../../../bridges/xmpp/stream/sign-in-memory.ts';

/** Speaks XMPP and does not encrypt: whoever has the address now. */
const startStranger = async (): Promise<{ readonly port: number; readonly heard: () => string }> => {
  let heard = '';
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write("<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'><stream:features/>"));
    socket.on('data', (bytes) => (heard += bytes.toString()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, heard: () => heard };
};

it('says nothing of who lives there now, and the web is still tried', async () => {
  const stranger = await startStranger();
  const memory = passingMemory();
  await memory.update({ lastWay: { host: 'xmpp.old.test', port: stranger.port, security: 'starttls', address: '127.0.0.1' } });
  const asked: string[] = [];
  const credentials = { findPassword: () => Promise.resolve('secret'), findProxyPassword: () => Promise.resolve(''), memory };
  const resolver = { resolveSrv: () => Promise.resolve([]), lookUp: () => Promise.reject(new Error('ENOTFOUND')) };
  const fetchHostMeta = (url: string): Promise<never> => {
    asked.push(url);
    return Promise.reject(new Error('nothing there'));
  };
  const options = streamOptions('alice@old.test', credentials, { isPlainAllowed: false }, { resolver, fetchHostMeta, stepDeadlineMs: 5_000 });
  const error: unknown = await openSecureStream(options, AbortSignal.timeout(20_000)).catch((fault: unknown) => fault);
  expect(error).toMatchObject({ fault: { code: expect.stringMatching(/^(?:server-unreachable|wrong-address)$/) } });
  expect(asked.length).toBeGreaterThan(0);
  expect(stranger.heard()).toContain('<stream:stream');
  expect(stranger.heard()).not.toMatch(/<auth|secret/);
});
