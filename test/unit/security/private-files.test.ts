import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFileFolder } from '../../../electron/engine/files/file-folder.ts';
import { openDatabase } from '../../../electron/engine/store/database.ts';
import { openStore } from '../../../electron/engine/store/open-store.ts';
import { conversationEvents, createFakeBridge, messageEvent } from '../../kit/fake-bridge.ts';
import { addFakeAccount, startEngine } from '../../kit/engine-client.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

/** Files below `folder` that others on this computer may open, folders that they may not enter left out. */
const openToOthers = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    const isOpen = (statSync(path).mode & 0o077) !== 0;
    if (entry.isDirectory()) return isOpen ? openToOthers(path) : [];
    return isOpen ? [entry.name] : [];
  });

/** A folder that a person made by themselves: everybody may look into it. */
const sharedFolder = (): string => {
  const folder = tempFolder('shared');
  chmodSync(folder, 0o755);
  return folder;
};

describe('a profile in a folder that others may enter', () => {
  it('has no file that they can read, journals and locks neither', async () => {
    const profileDir = sharedFolder();
    const bridge = createFakeBridge();
    const client = await startEngine({ bridges: [bridge], profileDir });
    await addFakeAccount(client);
    await bridge.say(...conversationEvents('chat'), messageEvent('chat', 'm1', 'Hello', Date.now()));
    expect(readdirSync(profileDir)).toEqual(expect.arrayContaining(['palomar.db', 'palomar.db-wal', 'profile.lock', 'vault.json']));
    expect(openToOthers(profileDir)).toEqual([]);
    await client.stop();
    expect(openToOthers(profileDir)).toEqual([]);
  });

  it('has its copy before a migration closed too, and closes what an older version left open', () => {
    const profileDir = sharedFolder();
    const path = join(profileDir, 'palomar.db');
    const old = openDatabase({ path });
    old.exec('CREATE TABLE left_over (value TEXT) STRICT');
    // A version without steps of its own before it: everything is migrated, after a copy was made.
    old.pragma('user_version = 1');
    old.close();
    writeFileSync(`${path}-shm`, '');
    for (const name of readdirSync(profileDir)) chmodSync(join(profileDir, name), 0o644);
    const store = openStore(profileDir);
    expect(store.backupPath).not.toBeNull();
    expect(openToOthers(profileDir)).toEqual([]);
    store.close();
  });
});

describe('the name of a stored file', () => {
  it.each(['../../vault.json', '..', '/etc/passwd', `${'a'.repeat(31)}/`, 'A'.repeat(32), `../${'a'.repeat(29)}`, ''])(
    'that a stranger put into the database is refused: %j',
    (name) => {
      const folder = createFileFolder(tempFolder());
      expect(() => folder.pathOf(name)).toThrow('not a name');
      expect(() => folder.remove([name])).toThrow('not a name');
      expect(() => folder.keep(name, '/dev/null')).toThrow('not a name');
    },
  );
});
