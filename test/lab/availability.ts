import { ensurePackages, installLine, missingPackages, packagesOf } from '../../build/setup/apt-packages.mjs';
import { runCommand } from './core/run-command.ts';

export type LabPart = ServerPart | 'peers' | 'profanity';
export type ServerPart = 'prosody' | 'prosody13' | 'ejabberd' | 'gateways' | 'synapse' | 'tryton' | 'requestTracker' | 'redmine' | 'odoo';

export interface Availability {
  part: LabPart;
  canRun: boolean;
  /** Why not, in words; empty when it can. */
  reason: string;
  /** The exact line that would install what is missing; empty when it can run or nothing can help. */
  install: string;
}

/** Which package groups a part needs. Certificates need openssl everywhere. */
const groupsOf: Readonly<Record<LabPart, readonly string[]>> = {
  prosody: ['prosody', 'tools'],
  prosody13: ['prosody', 'tools'],
  ejabberd: ['ejabberd', 'tools'],
  gateways: ['prosody', 'gateways', 'tools'],
  synapse: ['tools'],
  tryton: ['tryton'],
  requestTracker: ['rt'],
  redmine: ['redmine'],
  odoo: ['odoo'],
  peers: ['peers'],
  profanity: ['profanity'],
};

export const labParts = Object.keys(groupsOf) as readonly LabPart[];

/** The others are clients: they come with an account and have nothing to wait for them. */
export const isServer = (part: LabPart): part is ServerPart => part !== 'peers' && part !== 'profanity';

/** For each server of the lab: can it run here, and if not why, and what to type. Changes nothing. */
export async function availability(parts: readonly LabPart[] = labParts): Promise<Availability[]> {
  return Promise.all(parts.map(availabilityOf));
}

/**
 * Makes the lab runnable where that is possible: missing packages are installed when `install` is set and this is root
 * on a Debian-like system. Never throws for a machine that cannot; the answer says what to type.
 */
export async function ensureLab(options: {
  install: boolean;
  parts?: readonly LabPart[] | undefined;
  log?: ((line: string) => void) | undefined;
}): Promise<Availability[]> {
  const { install, parts = labParts, log = () => {} } = options;
  const before = await availability(parts);
  const groups = before.filter(({ canRun }) => !canRun).flatMap(({ part }) => missingGroups(part));
  if (!install || groups.length === 0) return before;
  await ensurePackages([...new Set(groups)], { log });
  return availability(parts);
}

function missingGroups(part: LabPart): readonly string[] {
  return part === 'synapse' ? [...groupsOf.synapse, 'synapse'] : groupsOf[part];
}

async function availabilityOf(part: LabPart): Promise<Availability> {
  const missing = missingPackages(packagesOf(groupsOf[part]));
  // Synapse's wheels are for Python 3.10 and later.
  if (part === 'synapse' && !(await hasPython('sys.version_info < (3, 10)'))) missing.push(...missingPackages(packagesOf(['synapse'])));
  if (part === 'odoo' && missing.length === 0 && !(await hasPython('sys.version_info[:2] != (3, 11)'))) {
    return { part, canRun: false, reason: 'Odoo 11 runs here on Python 3.11 only', install: '' };
  }
  if (missing.length > 0) {
    return { part, canRun: false, reason: `not installed: ${missing.join(', ')}`, install: installLine(missing) };
  }
  return { part, canRun: true, reason: '', install: '' };
}

/** A Python with pip of which this does not hold. */
async function hasPython(isUnfit: string): Promise<boolean> {
  try {
    await runCommand('python3', ['-c', `import sys, pip; sys.exit(${isUnfit})`]);
    return true;
  } catch {
    return false;
  }
}
