import type { ProbeFinding, ProbeResult } from '#rpc';
import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callSuite, listSuite } from './call-suite.ts';
import { forgetToken } from './token.ts';

const neededRights: Readonly<Record<string, readonly string[]>> = {
  Contacts: ['list', 'view', 'edit'],
  Notes: ['list', 'view', 'edit', 'delete'],
};

/** Signs in and looks at the rights of the user behind the registration; each finding says what an administrator has to add. */
export async function probe(context: ConnectorContext): Promise<ProbeResult> {
  forgetToken(context);
  // Asked first: what is missing here is no matter of rights.
  await listSuite(context, 'Contacts', { last_name: 'pal1.nobody' }, ['last_name']);
  const user = await attributesOf(context, '/current-user');
  const modules = await attributesOf(context, '/meta/modules');
  const findings = modules === null ? [] : rightFindings(modules);
  return {
    isUsable: findings.every(({ severity }) => severity !== 'error'),
    signedInAs: asText(user?.['user_name']) || null,
    version: null,
    findings,
  };
}

function rightFindings(modules: JsonRecord): readonly ProbeFinding[] {
  return Object.entries(neededRights).flatMap(([module, needed]) => {
    const access = asRecord(modules[module])['access'];
    // PHP writes a list with gaps as an object.
    const granted = new Set((Array.isArray(access) ? asArray(access) : Object.values(asRecord(access))).map(asText));
    return needed.filter((right) => !granted.has(right)).map((right): ProbeFinding => ({ severity: 'error', code: 'right-missing', detail: `${module}: ${right}` }));
  });
}

/** Null where this version does not know the place yet (before 7.12). */
async function attributesOf(context: ConnectorContext, path: string): Promise<JsonRecord | null> {
  try {
    return asRecord(asRecord((await callSuite(context, 'GET', path))['data'])['attributes']);
  } catch (error) {
    if (error instanceof Permanent && error.code !== 'forbidden') return null;
    throw error;
  }
}
