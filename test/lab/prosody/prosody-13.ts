import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedTemplate } from '../core/cached-template.ts';
import { runCommand } from '../core/run-command.ts';
import type { ProsodyProgram } from './prosody-program.ts';

const packages = ['prosody', 'prosody-modules'];
const backportsSource = 'deb http://deb.debian.org/debian bookworm-backports main';

/**
 * Prosody 13 from Debian's backports, unpacked into the cache beside the installed 0.12, whose Lua libraries it uses.
 * Nothing is installed and no root is needed.
 *
 * @throws Error with apt's words where backports cannot be reached
 */
export async function prosody13Program(): Promise<ProsodyProgram> {
  const folder = await cachedTemplate('prosody-13', [backportsSource, ...packages], unpackFromBackports);
  return {
    server: join(folder, 'root/usr/bin/prosody'),
    pluginPaths: [join(folder, 'root/usr/lib/prosody/modules')],
  };
}

async function unpackFromBackports(folder: string): Promise<void> {
  const apt = aptInFolder(folder);
  await runCommand('apt-get', [...apt, 'update', '-q']);
  await runCommand('apt-get', [...apt, 'download', ...packages], { cwd: folder });
  const root = join(folder, 'root');
  for (const archive of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
    await runCommand('dpkg-deb', ['-x', join(folder, archive), root]);
  }
  for (const launcher of ['prosody', 'prosodyctl']) pointLauncherAt(root, launcher);
}

/** An apt that reads and writes only in this folder, so the system's package lists stay as they are. */
function aptInFolder(folder: string): string[] {
  for (const part of ['lists/partial', 'archives/partial', 'sources.list.d']) {
    mkdirSync(join(folder, 'apt', part), { recursive: true });
  }
  const sources = join(folder, 'apt', 'sources.list');
  writeFileSync(sources, `${backportsSource}\n`);
  const settings = [
    `Dir::Etc::SourceList=${sources}`,
    `Dir::Etc::SourceParts=${join(folder, 'apt', 'sources.list.d')}`,
    `Dir::State::Lists=${join(folder, 'apt', 'lists')}`,
    `Dir::Cache::Archives=${join(folder, 'apt', 'archives')}`,
    `Dir::Cache::pkgcache=`,
    `Dir::Cache::srcpkgcache=`,
    // The download user of apt may not read a private folder.
    `APT::Sandbox::User=root`,
  ];
  return settings.flatMap((setting) => ['-o', setting]);
}

/** The launcher holds the folders of the system in two lines at its head. */
function pointLauncherAt(root: string, name: string): void {
  const path = join(root, 'usr/bin', name);
  const text = readFileSync(path, 'utf8')
    .replace(/^CFG_SOURCEDIR=.*$/m, `CFG_SOURCEDIR='${root}/usr/lib/prosody';`)
    .replace(/^CFG_PLUGINDIR=.*$/m, `CFG_PLUGINDIR='${root}/usr/lib/prosody/modules/';`);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}
