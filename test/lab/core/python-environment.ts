import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedTemplate } from './cached-template.ts';
import { cacheFolder } from './folders.ts';
import { runCommand } from './run-command.ts';

const uvVersion = '0.13.9';

/**
 * The Python of a virtual environment that holds exactly the packages of a requirements file.
 *
 * The first call on a machine fetches uv and the wheels from PyPI (half a minute); both stay in the cache, and a new
 * environment from them takes two seconds. Later calls only look.
 *
 * @param name what the environment is for
 * @param requirementsFile every package with its exact version, those they need included
 * @throws Error with pip's words when there is no fitting Python with pip, or no way to PyPI
 */
export async function pythonEnvironment(name: string, requirementsFile: string): Promise<string> {
  const requirements = readFileSync(requirementsFile, 'utf8');
  const python = await pythonIdentity();
  const folder = await cachedTemplate(name, [uvVersion, requirements, python.version, python.path], async (target) => {
    const uv = await findUv();
    const wheels = await filledWheelhouse(requirementsFile, requirements, python);
    const environment = join(target, 'venv');
    const env = { ...process.env, UV_CACHE_DIR: cacheFolder('uv-cache') };
    await runCommand(uv, ['venv', '--quiet', '--python', python.path, environment], { env });
    const install = ['pip', 'install', '--quiet', '--python', join(environment, 'bin/python')];
    const offline = ['--no-index', '--find-links', wheels, '--requirements', requirementsFile];
    await runCommand(uv, [...install, ...offline], { env });
  });
  return join(folder, 'venv/bin/python');
}

/** The folder with the wheels of a requirements file, kept for good: for a program that is laid out by hand. */
export async function pythonWheels(requirementsFile: string): Promise<string> {
  return filledWheelhouse(requirementsFile, readFileSync(requirementsFile, 'utf8'), await pythonIdentity());
}

interface PythonIdentity {
  version: string;
  path: string;
}

async function pythonIdentity(): Promise<PythonIdentity> {
  const script = 'import sys; print("%d.%d" % sys.version_info[:2]); print(sys.executable)';
  const [version = '', path = ''] = (await runCommand('python3', ['-c', script])).trim().split('\n');
  return { version, path };
}

/** uv itself comes from PyPI, at a pinned version, into a folder of its own: nothing of the system changes. */
async function findUv(): Promise<string> {
  const folder = await cachedTemplate('uv', [uvVersion], async (target) => {
    await runCommand('python3', ['-m', 'pip', 'install', '--quiet', '--target', target, `uv==${uvVersion}`]);
  });
  return join(folder, 'bin/uv');
}

/** All wheels of the requirements, kept for good so that another environment needs no network. */
async function filledWheelhouse(requirementsFile: string, requirements: string, python: PythonIdentity): Promise<string> {
  const folder = cacheFolder('wheelhouse', `python-${python.version}`);
  if (!hasAllWheels(folder, requirements)) {
    mkdirSync(folder, { recursive: true });
    // A package that is published as source only (there is one, in pure Python) becomes a wheel here.
    const fetch = ['-m', 'pip', 'wheel', '--quiet', '--prefer-binary', '--no-deps', '--wheel-dir', folder];
    await runCommand('python3', [...fetch, '--requirement', requirementsFile], { timeoutMs: 600_000 });
  }
  return folder;
}

function hasAllWheels(folder: string, requirements: string): boolean {
  if (!existsSync(folder)) return false;
  const files = readdirSync(folder).map((name) => name.toLowerCase().replaceAll(/[-_.]+/g, '-'));
  const wanted = requirements.split('\n').filter((line) => line.includes('=='));
  return wanted.every((line) => {
    const prefix = `${line.trim().toLowerCase().replace('==', '-').replaceAll(/[-_.]+/g, '-')}-`;
    return files.some((name) => name.startsWith(prefix));
  });
}
