import type { RecordFacts } from '#rpc';
import type { Connector, ConnectorContext, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { numberOf } from '../http/checked-id.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callRedmine, changeFields } from './call-redmine.ts';
import { fieldOf, requireProject } from './project.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/**
 * The issue as it stands. It can be changed only when it carries our key: an issue that somebody else wrote may have
 * a customer as its author, whom Redmine would mail. `allowed_statuses`: Rest_Issues of Redmine's wiki, since 5.0.
 */
export async function readIssue(context: ConnectorContext, ref: RemoteRef): Promise<RecordFacts> {
  const issue = await issueOf(context, ref);
  const owner = asText(asRecord(issue['assigned_to'])['name']);
  const status = nameOf(issue['status']);
  const priority = nameOf(issue['priority']);
  const isOurs = fieldOf(issue, (await requireProject(context)).fields.key) !== '';
  return {
    name: asText(issue['subject']),
    status,
    priority,
    ...(owner === '' ? {} : { owner }),
    ...(isOurs
      ? {
          statusChoices: statusesOf(issue).map(({ name }) => name).filter((name) => name !== status),
          priorityChoices: (await prioritiesOf(context)).map(({ name }) => name).filter((name) => name !== priority),
        }
      : {}),
  };
}

export const changeIssue: NonNullable<Connector['changeRecord']> = async (context, ref, { field, value }) => {
  const choices = field === 'status' ? statusesOf(await issueOf(context, ref)) : await prioritiesOf(context);
  const chosen = choices.find(({ name }) => name === value);
  if (chosen === undefined) throw new Permanent('rejected', { detail: `${field} ${value}` });
  const key = field === 'status' ? 'status_id' : 'priority_id';
  await changeFields(context, ref.id, { [key]: Number(chosen.id) });
  // A change that is not allowed is answered with 204 all the same and left out.
  const after = nameOf((await issueOf(context, ref))[field]);
  if (after !== value) throw new Permanent('forbidden', { detail: `${field} is ${after}` });
};

const placeOf = (ref: RemoteRef): string => `/issues/${numberOf(ref.id)}.json`;
const nameOf = (value: unknown): string => asText(asRecord(value)['name']);
const issueOf = async (context: ConnectorContext, ref: RemoteRef): Promise<JsonRecord> =>
  asRecord((await callRedmine(context, 'GET', `${placeOf(ref)}?include=allowed_statuses`))['issue']);

const namedOf = (list: unknown): readonly Named[] =>
  asArray(list).map(asRecord).map((one) => ({ id: asText(one['id']), name: asText(one['name']) })).filter(({ id, name }) => id !== '' && name !== '');
const statusesOf = (issue: JsonRecord): readonly Named[] => namedOf(issue['allowed_statuses']);

async function prioritiesOf(context: ConnectorContext): Promise<readonly Named[]> {
  const answer = await callRedmine(context, 'GET', '/enumerations/issue_priorities.json');
  return namedOf(asArray(answer['issue_priorities']).filter((one) => asRecord(one)['active'] !== false));
}
