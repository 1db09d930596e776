// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import type { ConnectionRow, ConnectorInfo, Shell } from '#rpc';
import ConnectionForm from '../../../renderer/features/crm/ConnectionForm.vue';
import { createMessages } from '../../../renderer/i18n/i18n.ts';
import { createEngineClient, createSession, createVaultGate, engineKey, sessionKey, shellKey, vaultGateKey } from '../../../renderer/rpc/index.ts';
import { createToasts, toastsKey } from '../../../renderer/ui/useToasts.ts';
import { tryton } from '../../kit/fake-engine/fake-crm.ts';
import { createFakeEngine, type FakeOptions } from '../../kit/fake-engine/fake-engine-port.ts';
import { until } from '../../kit/until.ts';

const redirectAddress = 'http://localhost:47813/crm/signed-in';
const sales: ConnectorInfo = {
  id: 'sales',
  name: 'Sales',
  verifiedAgainst: 'contract',
  recordKinds: ['person'],
  canTakeBack: { notes: true, files: true },
  signIn: { redirectAddress, clientIdField: 'clientId' },
  fields: [
    { name: 'clientId', kind: 'text', isRequired: false, isAdvanced: false },
    { name: 'clientSecret', kind: 'password', isRequired: false, isAdvanced: false },
    { name: 'token', kind: 'password', isRequired: false, isAdvanced: false },
  ],
};
const link = 'https://sales.example/authorize?x=1';
const probe = { isUsable: true, signedInAs: 'me', version: null, findings: [] };
const begun = { id: '6d2f2b0e-2f9e-4d0c-9a55-3f6a0f6f2b11', link, server: 'sales.example' };

const show = async (answers: FakeOptions['answers'], isRenewing = false, more: Partial<ConnectionRow> = { isBySignIn: true }) => {
  const opened: string[] = [];
  const engine = createFakeEngine({ answers: { 'crm.connectors': () => [sales], 'crm.beginSignIn': () => begun, 'crm.cancelSignIn': () => ({ isCancelled: true }), ...answers } });
  const shell = { kind: 'electron', connect: () => Promise.resolve(engine), links: { open: async (url: string) => (opened.push(url), { isOpened: true }) } } as unknown as Shell;
  const client = createEngineClient(shell);
  const session = createSession(client);
  await client.connect();
  await until(() => session.isReady);
  const provide = {
    [engineKey as symbol]: client,
    [sessionKey as symbol]: session,
    [toastsKey as symbol]: createToasts(),
    [shellKey as symbol]: shell,
    [vaultGateKey as symbol]: createVaultGate(session),
  };
  const props = isRenewing ? { renewing: { ...tryton, connectorId: 'sales', ...more } } : {};
  const view = mount(ConnectionForm, { props, global: { plugins: [createMessages()], provide }, attachTo: document.body });
  if (!isRenewing) {
    await until(() => view.find('[data-testid="connector-sales"]').exists());
    await view.get('[data-testid="connector-sales"]').trigger('click');
  }
  await until(() => view.find('[data-testid="connection-submit"]').exists());
  await flushPromises();
  const submit = async (): Promise<void> => {
    await view.get('form.form').trigger('submit');
    await flushPromises();
  };
  const inputsOf = (method: string): unknown[] => engine.calls.filter((call) => call.method === method).map(({ input }) => input);
  return { view, opened, submit, inputsOf };
};

describe('the form of a connection that is signed in to with the browser', () => {
  it('opens the page, waits, and is done when the person comes back', async () => {
    const back = Promise.withResolvers<unknown>();
    const { view, opened, submit, inputsOf } = await show({ 'crm.finishSignIn': () => back.promise });
    expect(view.get('[data-testid="sign-in-hint"]').text()).toContain(redirectAddress);
    await view.get('[data-testid="connection-clientId"]').setValue('palomar');
    expect(view.get('[data-testid="connection-submit"]').text()).toBe('Sign in with the browser');
    await submit();
    await until(() => view.find('[data-testid="sign-in-wait"]').exists());
    expect(view.get('[data-testid="sign-in-wait"]').text()).toContain('sales.example');
    expect(opened).toEqual([link]);
    await view.get('[data-testid="sign-in-open"]').trigger('click');
    expect(opened).toEqual([link, link]);
    expect(inputsOf('crm.beginSignIn')).toEqual([{ connectionId: null, connectorId: 'sales', name: 'Sales', values: { clientId: 'palomar' } }]);
    back.resolve({ connection: tryton, probe });
    await until(() => view.emitted('connected'));
    expect(view.emitted('connected')).toEqual([[probe]]);
    expect(inputsOf('crm.connect')).toEqual([]);
    view.unmount();
  });

  it('gives up when the person says so, without a word of blame', async () => {
    const back = Promise.withResolvers<never>();
    // The engine may be asked for it only after it was refused.
    back.promise.catch(() => undefined);
    const { view, submit, inputsOf } = await show({ 'crm.finishSignIn': () => back.promise });
    await view.get('[data-testid="connection-clientId"]').setValue('palomar');
    await submit();
    await until(() => view.find('[data-testid="sign-in-cancel"]').exists());
    await view.get('[data-testid="sign-in-cancel"]').trigger('click');
    await until(() => inputsOf('crm.cancelSignIn').length === 1);
    back.reject(Object.assign(new Error('cancelled'), { code: 'cancelled' }));
    await flushPromises();
    await until(() => view.get('[data-testid="connection-submit"]').text() === 'Sign in with the browser');
    expect(view.find('[data-testid="sign-in-wait"]').exists()).toBe(false);
    expect(view.find('[role="alert"]').exists()).toBe(false);
    view.unmount();
  });

  it('uses a pasted token without any browser', async () => {
    const { view, opened, submit, inputsOf } = await show({ 'crm.connect': () => ({ connection: tryton, probe }) });
    await view.get('[data-testid="connection-token"]').setValue('pat-1');
    expect(view.get('[data-testid="connection-submit"]').text()).toBe('Check and connect');
    await submit();
    await until(() => view.emitted('connected'));
    expect(inputsOf('crm.connect')).toEqual([{ connectorId: 'sales', name: 'Sales', values: { token: 'pat-1' } }]);
    expect(opened).toEqual([]);
    view.unmount();
  });

  it('wants one of the two, and does not mind which', async () => {
    const { view } = await show({});
    const isDisabled = (): boolean => view.get('[data-testid="connection-submit"]').attributes('disabled') !== undefined;
    expect(isDisabled()).toBe(true);
    await view.get('[data-testid="connection-token"]').setValue('pat-1');
    expect(isDisabled()).toBe(false);
    await view.get('[data-testid="connection-token"]').setValue('');
    await view.get('[data-testid="connection-clientId"]').setValue('palomar');
    expect(isDisabled()).toBe(false);
    view.unmount();
  });

  it('waits for a new token where one was pasted before', async () => {
    const { view, submit, inputsOf } = await show({ 'crm.renew': () => ({ connection: tryton, probe }) }, true, {});
    expect(view.get('[data-testid="connection-submit"]').attributes('disabled')).toBeDefined();
    await view.get('[data-testid="connection-token"]').setValue('pat-2');
    await submit();
    await until(() => view.emitted('connected'));
    expect(inputsOf('crm.renew')).toEqual([{ id: tryton.id, values: { token: 'pat-2' } }]);
    view.unmount();
  });

  it('signs in again to a connection that is there, with nothing to type', async () => {
    const { view, submit, inputsOf } = await show({ 'crm.finishSignIn': () => ({ connection: tryton, probe }) }, true);
    await submit();
    await until(() => view.emitted('connected'));
    expect(inputsOf('crm.beginSignIn')).toEqual([{ connectionId: tryton.id, connectorId: 'sales', name: 'Sales', values: {} }]);
    view.unmount();
  });
});
