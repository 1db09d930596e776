/**
 * Every Debian package the project can use, grouped by what it is for, and the one function that installs them.
 *
 * Plain JavaScript that runs on Node 20, because setup scripts need it before Node 24 is installed.
 */
import { spawn, spawnSync } from 'node:child_process';

/** Package names by purpose. A group is installed as a whole. */
export const aptGroups = Object.freeze({
  prosody: ['prosody', 'prosody-modules', 'lua-dbi-sqlite3'],
  ejabberd: ['ejabberd', 'erlang-p1-sqlite3'],
  // slidge's wheels look for libmagic, which `file` brings under whatever name it has.
  gateways: ['biboumi', 'ngircd', 'python3', 'python3-pip', 'file'],
  profanity: ['profanity', 'tmux'],
  synapse: ['python3', 'python3-pip'],
  tryton: [
    'tryton-server',
    'tryton-modules-party',
    'tryton-modules-sale-opportunity',
    'python3-phonenumbers',
    'python3-levenshtein',
    'sqlite3',
  ],
  // A Tryton as companies run it.
  'tryton-postgres': ['postgresql', 'python3-psycopg2'],
  rt: ['request-tracker5', 'rt5-db-sqlite', 'rt5-standalone'],
  redmine: ['redmine', 'redmine-sqlite', 'puma'],
  odoo: ['postgresql', 'python3', 'python3-pip'],
  peers: ['python3-slixmpp', 'go-sendxmpp', 'python3-matrix-nio'],
  electron: [
    'xvfb',
    'xauth',
    'libgtk-3-0',
    'libnss3',
    'libasound2',
    'libgbm1',
    'libxss1',
    'libatk-bridge2.0-0',
    'libdrm2',
    'fonts-inter',
  ],
  keyring: ['gnome-keyring', 'dbus-x11', 'libsecret-1-0', 'dbus'],
  chromium: ['chromium'],
  tools: ['openssl', 'sqlite3'],
});

/** Answers for packages that would otherwise set up a database of their own. */
const debconfAnswers = Object.freeze({
  rt: ['request-tracker5 request-tracker5/dbconfig-install boolean false'],
  redmine: ['redmine redmine/instances/default/dbconfig-install boolean false'],
});

/** apt waits this long for another apt to finish instead of failing at once. */
const lockTimeoutSeconds = 900;

/**
 * The packages of some groups, each once, in order.
 * @param {readonly string[]} groups names from {@link aptGroups}
 * @returns {string[]}
 */
export function packagesOf(groups) {
  const names = groups.flatMap((group) => {
    const packages = aptGroups[group];
    if (!packages) throw new Error(`unknown package group "${group}"; known: ${Object.keys(aptGroups).join(', ')}`);
    return packages;
  });
  return [...new Set(names)];
}

/**
 * Which of these packages are not installed. On a system without dpkg that is all of them.
 * @param {readonly string[]} packages
 * @returns {string[]}
 */
export function missingPackages(packages) {
  if (packages.length === 0) return [];
  const query = spawnSync('dpkg-query', ['--show', '--showformat', '${Package} ${db:Status-Status}\\n', ...packages], {
    encoding: 'utf8',
  });
  const lines = (query.stdout ?? '').split('\n');
  const installed = new Set(lines.filter((line) => line.endsWith(' installed')).map((line) => line.split(' ')[0]));
  return packages.filter((name) => !installed.has(name));
}

/**
 * The line a person types to install packages.
 * @param {readonly string[]} packages
 * @returns {string}
 */
export function installLine(packages) {
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/**
 * Installs what is missing of the given groups, when that can be done here (Debian-like, as root).
 *
 * Never throws for a machine that cannot install: it says why and what to type.
 * @param {readonly string[]} groups names from {@link aptGroups}
 * @param {{ log?: (line: string) => void, install?: boolean }} [options] `install: false` only looks
 * @returns {Promise<{ ok: boolean, missing: string[], reason: string, line: string }>}
 */
export async function ensurePackages(groups, { log = () => {}, install = true } = {}) {
  const missing = missingPackages(packagesOf(groups));
  const line = missing.length > 0 ? installLine(missing) : '';
  if (missing.length === 0) return { ok: true, missing, reason: '', line };
  if (!hasApt()) {
    return { ok: false, missing, line, reason: 'apt-get is not on this system; packages are known for Debian and Ubuntu only' };
  }
  if (!install) return { ok: false, missing, line, reason: `not installed: ${missing.join(', ')}` };
  if (process.getuid?.() !== 0) return { ok: false, missing, line, reason: `only root may install: ${missing.join(', ')}` };

  log(`installing ${missing.length} packages: ${missing.join(' ')}`);
  const failure = await installPackages(groups, missing, log);
  const stillMissing = missingPackages(missing);
  const ok = stillMissing.length === 0;
  return { ok, missing: stillMissing, line: ok ? '' : installLine(stillMissing), reason: ok ? '' : failure };
}

/** @returns {boolean} */
function hasApt() {
  return spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Runs apt; returns the tail of its output for the case that something is still missing afterwards. */
async function installPackages(groups, packages, log) {
  const answers = groups.flatMap((group) => debconfAnswers[group] ?? []);
  if (answers.length > 0) await run('debconf-set-selections', [], { input: `${answers.join('\n')}\n` });
  const lock = ['-o', `DPkg::Lock::Timeout=${lockTimeoutSeconds}`];
  const installArguments = [...lock, 'install', '-y', '--no-install-recommends', ...packages];
  // Lists may be fresh already, so a failed update is only a problem when the install fails as well.
  const update = await run('apt-get', [...lock, 'update', '-q']);
  const installation = await run('apt-get', installArguments);
  if (installation.status !== 0 && groups.includes('redmine')) await mendGems();
  if (installation.status !== 0) log(`apt-get failed: ${tail(installation.output)}`);
  return tail(update.status === 0 ? installation.output : `${update.output}\n${installation.output}`);
}

/**
 * Bundler of Ruby 3.1.7 takes a packaged gem without a folder for deleted, and Redmine's set-up stops there. The
 * folders are made (they stay empty, as Debian keeps the code elsewhere), then the set-up goes on.
 */
async function mendGems() {
  const makeFolders = 'Gem::Specification.each { |gem| FileUtils.mkdir_p(gem.full_gem_path) unless gem.default_gem? }';
  await run('ruby', ['-rfileutils', '-e', makeFolders]);
  await run('dpkg', ['--configure', '-a']);
}

/** Runs a program to its end, gathering what it prints. */
function run(command, commandArguments, { input } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, commandArguments, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ status: -1, output: String(error) }));
    child.on('close', (status) => resolve({ status: status ?? -1, output }));
    child.stdin.end(input ?? '');
  });
}

/** The last lines of a program's output. */
function tail(text) {
  return text.trim().split('\n').slice(-12).join('\n');
}
