// needs: synapse tools
/** Files both ways through the authenticated endpoints. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HttpFaultProxy } from '../../kit/http-fault-proxy.ts';
import { outgoing } from './account.ts';
import { setSharedStage, type SharedStage } from './stage.ts';

let stage: SharedStage;
let proxy: HttpFaultProxy;
let roomId: string;

const sizeBytes = 20 * 1024 * 1024;
const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
const noSignal = (): AbortSignal => new AbortController().signal;

beforeAll(async () => {
  stage = await setSharedStage(async (baseUrl) => {
    proxy = await HttpFaultProxy.start(baseUrl);
    return proxy.baseUrl;
  });
  roomId = await stage.room();
  await stage.own.session.start();
  await stage.own.host.waitFor('state', (event) => event.connection === 'online');
});

afterAll(async () => {
  await stage?.stop();
  await proxy?.close();
});

it('receives 20 MB, with the token in a header and nowhere else', async () => {
  const data = new Uint8Array(randomBytes(sizeBytes));
  const url = await stage.bob.upload({ name: 'charts.bin', type: 'application/x-charts', data });
  const content = { msgtype: 'm.file', body: 'look', filename: '../../charts.bin', url, info: { mimetype: 'application/x-charts', size: sizeBytes } };
  const eventId = await stage.bob.sendEvent(roomId, 'm.room.message', content);
  const { message } = await stage.own.host.waitFor('message.upserted', (event) => event.message.remoteId === eventId);
  expect(message).toMatchObject({ kind: 'message', text: 'look' });
  const attachment = message.attachments![0]!;
  expect(attachment).toMatchObject({ name: 'charts.bin', mime: 'application/x-charts', sizeBytes });

  const path = join(stage.own.host.dataDir, 'charts.bin');
  await stage.own.session.attachments?.download(attachment, path, sizeBytes, noSignal());
  expect(sha256(readFileSync(path))).toBe(sha256(data));
  const request = proxy.requests.find((seen) => seen.path.includes('/media/download/'))!;
  expect(request.path).toMatch(/^\/_matrix\/client\/v1\/media\/download\//u);
  expect(request.headers.authorization).toMatch(/^Bearer /u);
  const token = stage.own.host.secretValues.get('accessToken')!;
  expect(proxy.requests.filter((seen) => seen.path.includes(token))).toEqual([]);
});

it('stops at the byte limit and leaves no file', async () => {
  const url = await stage.bob.upload({ name: 'big', type: 'text/plain', data: new Uint8Array(100_000) });
  const path = join(stage.own.host.dataDir, 'too-big');
  const attachment = { remoteId: url, source: url, name: 'big', mime: 'text/plain' };
  const attempt = stage.own.session.attachments?.download(attachment, path, 99_999, noSignal());
  await expect(attempt).rejects.toMatchObject({ fault: { code: 'too-large', limitBytes: 99_999 } });
  expect(existsSync(path)).toBe(false);
});

it('does not write through a link', async () => {
  const url = await stage.bob.upload({ name: 'x', type: 'text/plain', data: new Uint8Array(10) });
  const victim = join(stage.own.host.dataDir, 'victim');
  const path = join(stage.own.host.dataDir, 'link');
  writeFileSync(victim, 'untouched');
  symlinkSync(victim, path);
  const attachment = { remoteId: url, source: url, name: 'x', mime: 'text/plain' };
  await expect(stage.own.session.attachments?.download(attachment, path, 100, noSignal())).rejects.toThrow();
  expect(readFileSync(victim, 'utf8')).toBe('untouched');
});

it('asks nobody for an address that leaves the media path', async () => {
  const count = proxy.requests.filter((seen) => !seen.path.includes('/sync')).length;
  const source = 'mxc://localhost/../../../client/v3/account/whoami';
  const attachment = { remoteId: 'x', source, name: 'x', mime: 'text/plain' };
  const attempt = stage.own.session.attachments?.download(attachment, join(stage.own.host.dataDir, 'x'), 100, noSignal());
  await expect(attempt).rejects.toMatchObject({ fault: { code: 'rejected' } });
  expect(proxy.requests.filter((seen) => !seen.path.includes('/sync'))).toHaveLength(count);
});

it('says not-found for what the server does not have', async () => {
  const source = 'mxc://localhost/aaaaaaaaaaaaaaaaaaaaaaaa';
  const attachment = { remoteId: source, source, name: 'x', mime: 'text/plain' };
  const attempt = stage.own.session.attachments?.download(attachment, join(stage.own.host.dataDir, 'y'), 100, noSignal());
  await expect(attempt).rejects.toMatchObject({ fault: { code: 'not-found' } });
});

it('sends 20 MB with a caption, once, also when the answer to the message got lost', async () => {
  const data = randomBytes(sizeBytes);
  const path = join(stage.own.host.dataDir, 'outgoing.bin');
  writeFileSync(path, data);
  const attachment = { path, name: 'ours.bin', mime: 'application/octet-stream', sizeBytes };
  const message = outgoing(roomId, 'here it is', 'txn-file', { attachment });
  proxy.failNext({ kind: 'cut-after-upstream' }, 'PUT /_matrix/client/v3/rooms');
  await expect(stage.own.session.send(message)).rejects.toMatchObject({ fault: { code: 'server-unreachable' } });
  const receipt = await stage.own.session.send(message);
  expect(proxy.count('POST /_matrix/media/v3/upload')).toBe(1);

  const files = (await stage.bob.messages(roomId)).filter((event) => event.content['msgtype'] === 'm.file' && event.sender === stage.own.account.address);
  expect(files.map((event) => event.event_id)).toEqual([receipt.remoteId]);
  expect(files[0]?.content).toMatchObject({ body: 'here it is', filename: 'ours.bin', url: receipt.attachments?.[0]?.source });
  expect(sha256(await stage.bob.download(String(files[0]?.content['url'])))).toBe(sha256(data));
});

it('refuses a file over the limit of the server before a byte of it is sent', async () => {
  const uploads = proxy.count('POST /_matrix/media');
  const path = join(stage.own.host.dataDir, 'outgoing.bin');
  const attachment = { path, name: 'huge.bin', mime: 'application/octet-stream', sizeBytes: 51 * 1024 * 1024 };
  const attempt = stage.own.session.send(outgoing(roomId, '', 'txn-huge', { attachment }));
  await expect(attempt).rejects.toMatchObject({ fault: { code: 'too-large', limitBytes: 50 * 1024 * 1024 } });
  expect(proxy.count('POST /_matrix/media')).toBe(uploads);
});
