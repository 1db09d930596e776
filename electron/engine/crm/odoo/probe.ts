import type { ProbeFinding, ProbeResult } from '#rpc';
import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { callOdoo, userIdOf } from './call-odoo.ts';
import { findProject, projectName } from './containers.ts';
import { containerKindOf, contactKind, employeeKind, leadKind, taskKind } from './kinds.ts';
import type { Kind } from './kinds.ts';
import { search, textOf } from './records.ts';
import { firstJson2, versionOf } from './server.ts';

const oldest = 11;
/** Until here every employee could read the notes on a colleague's file. */
const firstClosedStaffNotes = 13;

/** The app that brings a model, as Odoo's own list of apps calls it. */
const apps: Readonly<Record<string, string>> = {
  [contactKind.model]: 'Contacts',
  [employeeKind.model]: 'Employees',
  [leadKind.model]: 'CRM',
  [taskKind.model]: 'Project',
};

/** Signs in, looks at apps, rights and project; each finding says what an administrator has to change. */
export async function probe(context: ConnectorContext, contact: Kind): Promise<ProbeResult> {
  const version = await versionOf(context);
  const findings: ProbeFinding[] = [];
  if (version.major < oldest) findings.push({ severity: 'error', code: 'version-too-old', detail: version.text, values: { oldest: String(oldest) } });
  const uid = await userIdOf(context);
  const container = containerKindOf(context.values);
  for (const { model } of container === null ? [contact] : [contact, container]) findings.push(...(await modelFindings(context, model)));
  if (container === taskKind && findings.length === 0 && (await findProject(context)) === null) {
    findings.push({ severity: 'error', code: 'task-project-missing', detail: projectName(context) });
  }
  if (contact === employeeKind && version.major < firstClosedStaffNotes) findings.push({ severity: 'warning', code: 'staff-notes-open', detail: version.text });
  if (version.major >= firstJson2) findings.push({ severity: 'info', code: 'key-expires' });
  const [me = {}] = await search(context, 'res.users', [['id', '=', uid]], ['login']);
  return {
    isUsable: findings.every(({ severity }) => severity !== 'error'),
    signedInAs: textOf(me, 'login') || null,
    version: version.text,
    findings,
  };
}

async function modelFindings(context: ConnectorContext, model: string): Promise<readonly ProbeFinding[]> {
  const app = apps[model] ?? model;
  const missing: string[] = [];
  for (const right of ['read', 'write', 'create']) {
    try {
      if (!(await mayDo(context, model, right))) missing.push(right);
    } catch (error) {
      // Odoo says in words only that it has no such model.
      if (error instanceof Permanent && (error.code === 'rejected' || error.code === 'record-gone')) return [{ severity: 'error', code: 'module-missing', detail: app }];
      throw error;
    }
  }
  return missing.length === 0 ? [] : [{ severity: 'error', code: 'right-missing', detail: `${app}: ${missing.join(', ')}` }];
}

/** `has_access` came with 18, and took the other's place in 19. */
async function mayDo(context: ConnectorContext, model: string, operation: string): Promise<boolean> {
  const isNew = (await versionOf(context)).major >= firstJson2;
  const answer = isNew
    ? await callOdoo(context, { model, method: 'has_access', ids: [], named: { operation } })
    : await callOdoo(context, { model, method: 'check_access_rights', named: { operation, raise_exception: false } });
  return answer === true;
}
