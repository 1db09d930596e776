import { randomUUID } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, describe, expect, it } from 'vitest';
import { fromColumns, type AccountRow } from '#rpc';
import { spawnEngine, type ChildEngine } from '../../kit/child-engine.ts';
import { filesContaining } from '../../kit/files-containing.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { until } from '../../kit/until.ts';

const script = join(import.meta.dirname, '..', '..', '..', 'electron', 'engine', 'child.ts');
const vaultKey = Buffer.alloc(32, 9).toString('base64');

const spawn = (): ChildEngine => {
  const engine = spawnEngine(script);
  onTestFinished(() => engine.kill());
  return engine;
};

const start = async (profileDir: string): Promise<ChildEngine> => {
  const engine = spawn();
  expect(await engine.host('host.start', { profileDir, appVersion: '1.2.3', host: 'electron', vaultKey })).toEqual({ isReady: true });
  return engine;
};

const addSampleAccount = (engine: ChildEngine): Promise<AccountRow> =>
  engine.call('accounts.add', { bridgeId: 'demo' as AccountRow['bridgeId'], flowId: 'demo', values: {} });

describe('the engine process', () => {
  it('serves a page through its host and tells the host what to show', async () => {
    const profileDir = tempFolder('child');
    const engine = await start(profileDir);
    // What else the host is told may have come by now or not.
    expect(engine.heard.slice(0, 2)).toMatchObject([{ type: 'unread', total: 0 }, { type: 'settings', settings: { theme: 'system' } }]);
    expect(await engine.call('app.start', {})).toMatchObject({ version: '1.2.3', protection: 'keychain' });
    await addSampleAccount(engine);
    const { rows } = await until(async () => {
      const page = await engine.call('conversations.list', { filter: {}, after: null, limit: 50 });
      return page.rows.length > 0 && page;
    });
    expect(fromColumns(rows).length).toBeGreaterThan(5);
    await until(() => engine.heard.some((message) => message.type === 'unread' && message.total > 0));
    await engine.call('settings.set', { patch: { closesToTray: false } });
    await until(() => engine.heard.some((message) => message.type === 'settings' && !message.settings.closesToTray));
    expect(await engine.host('host.stop', {})).toEqual({ isStopped: true });
    expect(await engine.exited).toBe(0);
    expect(engine.stderr()).toBe('');
  });

  it('carries an upload of the page into a message and a file of a message to the host', async () => {
    const engine = await start(tempFolder('child'));
    await addSampleAccount(engine);
    const id = await until(async () => {
      const page = await engine.call('conversations.list', { filter: {}, after: null, limit: 1 });
      return fromColumns(page.rows)[0]?.id;
    });
    const staged = await engine.host('host.stage', { name: 'note.txt', mime: 'text/plain' });
    writeFileSync(staged.path, 'hello', { flag: 'wx' });
    await engine.host('host.staged', { id: staged.id, sizeBytes: 5 });
    const files = [staged.id as never];
    const sent = await engine.call('messages.send', { conversationId: id, clientId: randomUUID(), text: 'file', replyToId: null, files });
    const row = fromColumns(await engine.call('messages.get', { ids: sent.ids }))[0];
    const attachmentId = row?.attachments[0]?.id ?? 0;
    const file = await engine.host('host.file', { attachmentId });
    expect(file).toMatchObject({ name: 'note.txt', sizeBytes: 5, isInline: false });
    expect(readFileSync(file?.path ?? '', 'utf8')).toBe('hello');
    expect(await engine.host('host.file', { attachmentId: 999_999 })).toBeNull();
  });

  it('keeps secrets out of its arguments, its environment and the profile', async () => {
    const profileDir = tempFolder('child');
    const engine = await start(profileDir);
    await engine.call('app.start', {});
    const environment = readFileSync(`/proc/${engine.pid}/environ`, 'utf8');
    const commandLine = readFileSync(`/proc/${engine.pid}/cmdline`, 'utf8');
    expect(environment + commandLine).not.toContain(vaultKey);
    expect(filesContaining(profileDir, [vaultKey, Buffer.from(vaultKey, 'base64').toString('latin1')])).toEqual([]);
    expect(statSync(join(profileDir, 'palomar.db')).mode & 0o077).toBe(0);
    expect(statSync(join(profileDir, 'vault.json')).mode & 0o077).toBe(0);
  });

  it('ends when its host is gone, and gives the profile free', async () => {
    const profileDir = tempFolder('child');
    const engine = await start(profileDir);
    engine.closeStdin();
    expect(await engine.exited).toBe(0);
    await (await start(profileDir)).kill();
    await start(profileDir);
  });

  it('says so and ends when the profile is in use', async () => {
    const profileDir = tempFolder('child');
    await start(profileDir);
    const second = spawn();
    const starting = second.host('host.start', { profileDir, appVersion: '1', host: 'electron', vaultKey });
    await expect(starting).rejects.toMatchObject({ code: 'profile-in-use' });
    expect(second.heard).toMatchObject([{ type: 'fatal', error: { code: 'profile-in-use' } }]);
    expect(await second.exited).toBe(3);
  });

  it('answers what it cannot do yet with an error', async () => {
    const engine = spawn();
    await expect(engine.host('host.file', { attachmentId: 1 })).rejects.toMatchObject({ code: 'internal' });
  });
});
