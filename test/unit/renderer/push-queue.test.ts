// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import type { ConnectorInfo, PushRow, Shell } from '#rpc';
import { verifiedKey } from '../../../renderer/features/crm/connector-text.ts';
import PushLine from '../../../renderer/features/conversation/PushLine.vue';
import PushQueue from '../../../renderer/features/crm/PushQueue.vue';
import { takeBackTextKey } from '../../../renderer/features/crm/take-back.ts';
import { createMessages } from '../../../renderer/i18n/i18n.ts';
import { createEngineClient, createSession, engineKey, sessionKey, shellKey } from '../../../renderer/rpc/index.ts';
import { createToasts, toastsKey } from '../../../renderer/ui/useToasts.ts';
import { connectors, makePush } from '../../kit/fake-engine/fake-crm.ts';
import { createFakeEngine } from '../../kit/fake-engine/fake-engine-port.ts';
import { until } from '../../kit/until.ts';

const inBody = (testid: string): HTMLElement | null => document.querySelector(`[data-testid="${testid}"]`);

const show = async (pushes: PushRow[], more: { readonly isConnected?: boolean } = {}) => {
  const opened: string[] = [];
  const engine = createFakeEngine({ hasConnection: more.isConnected !== false, answers: { 'crm.queue': () => pushes } });
  const shell = { connect: () => Promise.resolve(engine), links: { open: async (url: string) => (opened.push(url), { isOpened: true }) } } as unknown as Shell;
  const client = createEngineClient(shell);
  const session = createSession(client);
  const toasts = createToasts();
  await client.connect();
  await until(() => session.isReady);
  const provide = { [engineKey as symbol]: client, [sessionKey as symbol]: session, [toastsKey as symbol]: toasts, [shellKey as symbol]: shell };
  const view = mount(PushQueue, { global: { plugins: [createMessages()], provide }, attachTo: document.body });
  await until(() => view.findAll('[data-testid="queue-row"]').length === pushes.length);
  await flushPromises();
  const withdrawals = (): unknown[] => engine.calls.filter(({ method }) => method === 'crm.withdraw').map(({ input }) => input);
  return { view, toasts, opened, withdrawals, engine };
};

describe('the push queue', () => {
  it('shows one kind of push at a time, says why each waits, and counts them', async () => {
    const { view } = await show([makePush(1, 'needs-you'), makePush(2, 'waiting'), makePush(3, 'undoable'), makePush(4, 'sending'), makePush(5, 'done')]);
    expect(view.get('[data-testid="queue-waiting"]').text()).toBe('Waiting 2');
    await view.get('[data-testid="queue-waiting"]').trigger('click');
    expect(view.findAll('[data-testid="queue-row"]').map((row) => row.attributes('data-state'))).toEqual(['waiting', 'undoable']);
    expect(view.findAll('[data-testid="queue-reason"]').map((line) => line.text())).toEqual(['waits for its turn', 'leaves when the time to undo is over']);
    expect(view.get('[data-testid="queue-waiting"]').attributes('aria-pressed')).toBe('true');
    await view.get('[data-testid="queue-needs-you"]').trigger('click');
    expect(view.findAll('[data-testid="queue-row"]').map((row) => row.attributes('data-state'))).toEqual(['needs-you']);
    view.unmount();
  });

  it('takes a finished push back after saying what is kept, and tells how it went', async () => {
    const { view, toasts, withdrawals } = await show([makePush(1, 'done')]);
    await view.get('[data-testid="take-back"]').trigger('click');
    await until(() => inBody('confirm'));
    expect(inBody('confirm')?.textContent).toContain('The record itself and everything else in it stay');
    expect(withdrawals()).toEqual([]);
    inBody('confirm-action')?.click();
    await until(() => toasts.list.value.length === 1);
    expect(withdrawals()).toEqual([{ id: makePush(1, 'done').id }]);
    expect(toasts.list.value[0]?.text).toBe('2 taken back, 1 kept');
    view.unmount();
  });

  it('offers to sign in again where a push waits for that, and nowhere else', async () => {
    const refused: PushRow = { ...makePush(1, 'needs-you'), fault: { code: 'needs-login' } };
    const { view } = await show([refused, { ...makePush(2, 'needs-you'), fault: { code: 'forbidden' } }, { ...makePush(3, 'done'), fault: { code: 'needs-login' } }]);
    const rows = view.findAll('[data-testid="queue-row"]');
    expect(rows.map((row) => row.find('[data-testid="queue-sign-in"]').exists()).filter(Boolean)).toHaveLength(1);
    view.unmount();
    // A connection that was removed is not signed in to.
    const without = await show([refused], { isConnected: false });
    expect(without.view.find('[data-testid="queue-sign-in"]').exists()).toBe(false);
    without.view.unmount();
  });

  it('says so where nothing can be taken back, writes nothing, and leads to the record', async () => {
    const { view, withdrawals, opened } = await show([{ ...makePush(1, 'done'), connectorId: 'rt', connectionName: 'Support RT' }]);
    await view.get('[data-testid="take-back"]').trigger('click');
    await until(() => inBody('confirm'));
    expect(inBody('confirm')?.textContent).toContain('Support RT has no way to take back comments and files');
    inBody('confirm-action')?.click();
    await until(() => opened.length === 1);
    expect(withdrawals()).toEqual([]);
    view.unmount();
  });

  it('offers it only for what is there and can be reached', async () => {
    const rows = [makePush(1, 'needs-you'), makePush(2, 'waiting'), makePush(3, 'cancelled'), { ...makePush(4, 'done'), isTakenBack: true }];
    const { view } = await show(rows);
    expect(view.findAll('[data-testid="take-back"]')).toEqual([]);
    expect(view.text()).toContain('taken back');
    view.unmount();
    const gone = await show([makePush(1, 'done')], { isConnected: false });
    expect(gone.view.find('[data-testid="take-back"]').exists()).toBe(false);
    gone.view.unmount();
  });

  it('names the files that could not go along', async () => {
    const { view } = await show([{ ...makePush(1, 'done'), fault: { code: 'file-unavailable', detail: 'foto.jpg, plan.pdf' } }, makePush(2, 'done')]);
    expect(view.findAll('[data-testid="left-out"]').map((line) => line.text())).toEqual(['Not along, because it cannot be had any more: foto.jpg, plan.pdf']);
    view.unmount();
  });
});

it('marks the line of a push that was taken back', () => {
  const push = { pushId: 1 as never, connectionName: 'Tryton', connectorId: 'tryton', targetTitle: 'Marta', messageCount: 1, fileCount: 0, url: null, isTakenBack: true };
  expect(mount(PushLine, { props: { push }, global: { plugins: [createMessages()] } }).text()).toContain('taken back');
});

it('says of each product what goes and what stays', () => {
  const keys = [[true, true], [true, false], [false, true], [false, false]].map(([notes, files]) => takeBackTextKey({ notes: notes === true, files: files === true }));
  expect(keys).toEqual(['queue.takeBackAll', 'queue.takeBackNotes', 'queue.takeBackFiles', 'queue.takeBackNone']);
});

it('speaks of a server only where there is one', () => {
  const keyOf = (id: string): string => verifiedKey(connectors.find((connector) => connector.id === id) as ConnectorInfo);
  expect([keyOf('tryton'), keyOf('rt'), keyOf('file-folder')]).toEqual(['connection.verified.real-server', 'connection.verified.real-server', 'connection.verified.local']);
  expect(verifiedKey({ fields: [], verifiedAgainst: 'not-verified' })).toBe('connection.verified.not-verified');
});
