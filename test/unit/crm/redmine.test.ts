import { describe, expect, it } from 'vitest';
import type { ConnectorContext } from '../../../electron/engine/crm/connector.ts';
import { Conflict, Permanent } from '../../../electron/engine/crm/errors.ts';
import type { HttpAnswer } from '../../../electron/engine/crm/http/pinned-http.ts';
import { changeFields } from '../../../electron/engine/crm/redmine/call-redmine.ts';
import { addJournal } from '../../../electron/engine/crm/redmine/journals.ts';

const answer = (status: number, body = ''): HttpAnswer => ({ status, headers: new Headers(), bytes: new TextEncoder().encode(body) });
/** What Redmine 5.0 says when somebody saved the issue between its reading and its writing. */
const stale = answer(422, '{"errors":[]}');
const done = answer(204);

const answering = (answers: readonly HttpAnswer[]) => {
  const sent: string[] = [];
  const left = [...answers];
  const context: ConnectorContext = {
    values: { token: 'x' },
    http: { send: async ({ method, path }) => (sent.push(`${method} ${path}`), left.shift() ?? done) },
    memory: new Map(),
    signal: new AbortController().signal,
    accessToken: () => Promise.reject(new Error('no tokens here')),
  };
  return { context, sent };
};

const issue = { role: 'container', kind: 'issue', id: '7' } as const;
const note = { key: 'k', body: 'hello', part: 1, partCount: 1, last: null } as unknown as Parameters<typeof addJournal>[2];

describe('an issue of Redmine that somebody changes in the same instant', () => {
  it('is changed again, some times', async () => {
    const { context, sent } = answering([stale, stale, done]);
    await changeFields(context, '7', { status_id: 2 });
    expect(sent).toEqual(['PUT /issues/7.json', 'PUT /issues/7.json', 'PUT /issues/7.json']);
    await expect(changeFields(answering([stale, stale, stale, stale]).context, '7', {})).rejects.toBeInstanceOf(Conflict);
  });

  it('takes a note only after somebody looked whether it stands there now', async () => {
    const { context, sent } = answering([stale]);
    await expect(addJournal(context, issue, note)).rejects.toBeInstanceOf(Conflict);
    expect(sent).toEqual(['PUT /issues/7.json']);
  });

  it('is another thing than a refusal that says why', async () => {
    const { context } = answering([answer(422, '{"errors":["Subject cannot be blank"]}')]);
    const refusal = await changeFields(context, '7', {}).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Permanent);
    expect(refusal).toMatchObject({ code: 'rejected', more: { detail: 'Subject cannot be blank' } });
  });
});
