import type { ProbeFinding, ProbeResult } from '#rpc';
import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { numberOf } from '../http/checked-id.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callRedmine } from './call-redmine.ts';
import { customFields, projectName, readProject } from './project.ts';
import type { Project } from './project.ts';

/** Rights of a role by Redmine's own name, as its form shows them in English. */
const neededRights: Readonly<Record<string, string>> = {
  view_issues: 'View Issues',
  add_issues: 'Add issues',
  edit_issues: 'Edit issues',
  add_issue_notes: 'Add notes',
  edit_own_issue_notes: 'Edit own notes',
  view_private_notes: 'View private notes',
  set_notes_private: 'Set notes as private',
};

/** Signs in, looks at project, fields and rights; each finding says what an administrator has to add. */
export async function probe(context: ConnectorContext): Promise<ProbeResult> {
  const user = asRecord((await callRedmine(context, 'GET', '/users/current.json?include=memberships'))['user']);
  const project = await projectOrNull(context);
  const signedInAs = asText(user['login']) || null;
  if (project === null) {
    return { isUsable: false, signedInAs, version: null, findings: [{ severity: 'error', code: 'project-missing', detail: projectName(context) }] };
  }
  const findings: ProbeFinding[] = [
    ...fieldFindings(project),
    ...(project.trackerId === null ? [{ severity: 'error' as const, code: 'tracker-missing', detail: context.values['tracker'] ?? '' }] : []),
    ...(await rightFindings(context, user, project)),
    ...(project.fields.key !== null && !(await isFilter(context, project.fields.key))
      ? [{ severity: 'error' as const, code: 'field-no-filter', detail: customFields.key }]
      : []),
  ];
  return { isUsable: findings.every(({ severity }) => severity !== 'error'), signedInAs, version: null, findings };
}

const fieldFindings = ({ fields }: Project): readonly ProbeFinding[] =>
  (['key', 'phone'] as const)
    .filter((name) => fields[name] === null)
    .map((name) => ({ severity: 'error', code: 'issue-field-missing', detail: customFields[name] }));

async function rightFindings(context: ConnectorContext, user: JsonRecord, project: Project): Promise<readonly ProbeFinding[]> {
  if (user['admin'] === true) return [];
  const mine = asArray(user['memberships']).map(asRecord).filter((one) => asText(asRecord(one['project'])['id']) === project.id);
  const rights = new Set<string>();
  for (const role of mine.flatMap((one) => asArray(one['roles']).map(asRecord))) {
    const { permissions } = asRecord((await callRedmine(context, 'GET', `/roles/${numberOf(role['id'])}.json`))['role']);
    for (const right of asArray(permissions)) rights.add(asText(right));
  }
  const missing = Object.entries(neededRights)
    .filter(([right]) => !rights.has(right))
    .map(([, name]): ProbeFinding => ({ severity: 'error', code: 'right-missing', detail: name }));
  // Without it, the empty twin of two devices that push at the same instant stays.
  return rights.has('delete_issues') ? missing : [...missing, { severity: 'warning', code: 'right-useful', detail: 'Delete issues' }];
}

/** A field that is no filter is ignored in a search: everything comes back, and nothing of ours would be found. */
async function isFilter(context: ConnectorContext, fieldId: string): Promise<boolean> {
  const answer = await callRedmine(context, 'GET', `/issues.json?status_id=*&limit=1&cf_${fieldId}=pal1.nobody`);
  return asArray(answer['issues']).length === 0;
}

async function projectOrNull(context: ConnectorContext): Promise<Project | null> {
  try {
    return await readProject(context);
  } catch (error) {
    if (error instanceof Permanent && (error.code === 'record-gone' || error.code === 'forbidden')) return null;
    throw error;
  }
}
