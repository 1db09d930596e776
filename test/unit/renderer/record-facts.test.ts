// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils';
import { afterEach, expect, it } from 'vitest';
import type { FollowUpOptions, RecordFacts as Facts, Shell } from '#rpc';
import FollowUpFields from '../../../renderer/features/crm/FollowUpFields.vue';
import RecordFacts from '../../../renderer/features/crm/RecordFacts.vue';
import { createMessages } from '../../../renderer/i18n/i18n.ts';
import { createEngineClient, createSession, engineKey, sessionKey, shellKey } from '../../../renderer/rpc/index.ts';
import { createToasts, toastsKey } from '../../../renderer/ui/useToasts.ts';
import { connectors, tryton } from '../../kit/fake-engine/fake-crm.ts';
import { createFakeEngine } from '../../kit/fake-engine/fake-engine-port.ts';
import { until } from '../../kit/until.ts';

const views: { unmount(): void }[] = [];
afterEach(() => views.splice(0).forEach((view) => view.unmount()));

async function place(answers: Record<string, () => unknown>) {
  const opened: string[] = [];
  const engine = createFakeEngine({ answers });
  const shell = { connect: () => Promise.resolve(engine), links: { open: async (url: string) => (opened.push(url), { isOpened: true }) } } as unknown as Shell;
  const client = createEngineClient(shell);
  const session = createSession(client);
  const toasts = createToasts();
  await client.connect();
  await until(() => session.isReady);
  const provide = { [engineKey as symbol]: client, [sessionKey as symbol]: session, [toastsKey as symbol]: toasts, [shellKey as symbol]: shell };
  const callsOf = (method: string): unknown[] => engine.calls.filter((call) => call.method === method).map(({ input }) => input);
  return { global: { plugins: [createMessages()], provide }, toasts, opened, callsOf };
}

it('shows what the CRM says and changes a status there', async () => {
  const facts: Facts = { name: 'XMPP: Marta', status: 'new', priority: 'Low', owner: 'Liis', statusChoices: ['open', 'resolved'], openTickets: [{ title: 'Bomba 40', status: 'lead', url: 'https://crm.example/7' }] };
  const { global, toasts, opened, callsOf } = await place({ 'followUp.record': () => facts, 'followUp.changeRecord': () => ({ ...facts, status: 'resolved' }) });
  const view = mount(RecordFacts, { props: { conversationId: 1, connectionId: 1 }, global });
  views.push(view);
  await until(() => view.find('[data-testid="record-status"]').exists());
  expect(view.text()).toContain('XMPP: Marta');
  expect(view.get('dl').text()).toBe('OwnerLiisPriorityLow');
  expect(view.find('[data-testid="record-priority"]').exists()).toBe(false);
  await view.get('[data-testid="record-status"]').setValue('resolved');
  await until(() => toasts.list.value.length === 1);
  expect(callsOf('followUp.changeRecord')).toEqual([{ conversationId: 1, connectionId: 1, field: 'status', value: 'resolved' }]);
  expect(view.get<HTMLSelectElement>('[data-testid="record-status"]').element.value).toBe('resolved');
  await view.findAll('button').find((button) => button.text().includes('Bomba 40'))?.trigger('click');
  expect(opened).toEqual(['https://crm.example/7']);
});

it('is not there where the CRM says nothing', async () => {
  const { global, callsOf } = await place({ 'followUp.record': () => null });
  const view = mount(RecordFacts, { props: { conversationId: 1, connectionId: 1 }, global });
  views.push(view);
  await until(() => callsOf('followUp.record').length === 1);
  await flushPromises();
  expect(view.find('[data-testid="record-facts"]').exists()).toBe(false);
});

it('offers nothing that goes by itself for files on staff; a rule keeps only what was chosen', async () => {
  const first: FollowUpOptions = { isPushedWhenDone: false, eveningMinute: null, rules: [] };
  const current = (): FollowUpOptions => (callsOf('followUp.setOptions').at(-1) as { options: FollowUpOptions } | undefined)?.options ?? first;
  const { global, callsOf } = await place({ 'followUp.options': () => current(), 'followUp.setOptions': () => current(), 'folders.list': () => [] });
  const [connector] = connectors;
  const show = async (isPersonnel: boolean) => {
    const view = mount(FollowUpFields, { props: { row: tryton, connector: { ...connector!, isPersonnel, recordKinds: ['party', 'lead'] } }, global });
    views.push(view);
    await until(() => view.find('[data-testid="push-rules"]').exists());
    return view;
  };
  expect((await show(true)).find('[data-testid="push-when-done"]').exists()).toBe(false);
  const view = await show(false);
  expect(view.find('[data-testid="push-evening"]').exists()).toBe(true);
  await view.get('[data-testid="add-rule"]').trigger('click');
  await until(() => view.find('[data-testid="rule-kind"]').exists());
  await view.get('[data-testid="rule-kind"]').setValue('lead');
  await until(() => current().rules[0]?.recordKind === 'lead');
  expect(callsOf('followUp.setOptions').at(-1)).toEqual({ connectionId: tryton.id, options: { isPushedWhenDone: false, eveningMinute: null, rules: [{ recordKind: 'lead' }] } });
});
