import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createFolderTokens } from '../../../electron/engine/folders/folder-tokens.ts';
import { startEngine } from '../../kit/engine-client.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

const connectTo = (folder: string) => ({ connectorId: 'file-folder', name: 'Folder', values: { folder } });

describe('a page that was taken over', () => {
  it('cannot name a folder by its path: only one that the person chose in a dialog is taken', async () => {
    const client = await startEngine();
    const folder = tempFolder('target');
    for (const path of [folder, `${folder}/`, `/../${folder}`, '/etc', '/', '~', '~/', '..', `file://${folder}`, '\0', client.profileDir]) {
      const { error } = await client.raw('crm.connect', connectTo(path));
      expect([path, error?.code]).toEqual([path, 'folder-missing']);
    }
    expect(readdirSync(folder)).toEqual([]);
    expect(await client.call('crm.connections', {})).toEqual([]);

    const { token, label } = await client.engine.host['host.folder']({ path: folder });
    expect(`${token} ${label}`).not.toContain(folder);
    const { connection } = await client.call('crm.connect', connectTo(token));
    expect((await client.raw('crm.renew', { id: connection.id, values: { folder: '/etc' } })).error?.code).toBe('folder-missing');
  });

  it('cannot use a token of an earlier run, nor work one out', () => {
    const folder = tempFolder('target');
    const first = createFolderTokens({ salt: 'one', acceptsTypedPaths: false });
    const second = createFolderTokens({ salt: 'two', acceptsTypedPaths: false });
    const { token } = first.give(folder);
    expect(first.pathOf(token)).toBe(folder);
    expect(second.pathOf(token)).toBeNull();
    expect(second.give(folder).token).not.toBe(token);
  });
});
