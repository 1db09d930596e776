import type { ProbeFinding, ProbeResult } from '#rpc';
import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { findFileField } from './attachments.ts';
import { callTwenty } from './call-twenty.ts';
import type { TwentyObject } from './call-twenty.ts';

const neededObjects: readonly TwentyObject[] = ['people', 'notes', 'noteTargets', 'attachments'];

/** Looks whether the key may read each object we use, and whether this version ties notes and files as we do. */
export async function probe(context: ConnectorContext): Promise<ProbeResult> {
  context.memory.delete('fileField');
  const findings: ProbeFinding[] = [];
  const objects = context.values['recordKind'] === 'opportunity' ? [...neededObjects, 'opportunities' as const] : neededObjects;
  for (const object of objects) findings.push(...(await readFinding(context, object)));
  if (findings.length === 0) findings.push(...(await versionFindings(context)));
  return { isUsable: findings.every(({ severity }) => severity !== 'error'), signedInAs: null, version: null, findings };
}

async function readFinding(context: ConnectorContext, object: TwentyObject): Promise<readonly ProbeFinding[]> {
  try {
    await callTwenty(context, 'GET', `/${object}?limit=1&depth=0`);
    return [];
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'forbidden') throw error;
    return [{ severity: 'error', code: 'right-missing', detail: object }];
  }
}

async function versionFindings(context: ConnectorContext): Promise<readonly ProbeFinding[]> {
  const tooOld: ProbeFinding = { severity: 'error', code: 'version-too-old', detail: '1', values: { oldest: '2' } };
  try {
    await callTwenty(context, 'GET', `/noteTargets?filter=${encodeURIComponent('targetPersonId[is]:NULL')}&limit=1&depth=0`);
    return (await findFileField(context)) === null ? [tooOld] : [];
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'rejected') throw error;
    return [tooOld];
  }
}
