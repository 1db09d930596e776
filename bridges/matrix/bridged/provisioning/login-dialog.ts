/** Signing in to a network behind a bridge: which way, what that risks, then the bridge's own steps. */
import { BridgeError, type Dialog, type DialogNoteCode, type DialogStep } from '#bridge';
import { cancelled, pagedDialog, valueOf, type Page } from '../../crypto/tasks/steps.ts';
import type { ProvisioningClient } from './client.ts';
import { riskOf } from './risk.ts';
import { readIdentity, readStep, type BridgeFlow, type BridgeIdentity, type BridgeStep } from './shapes.ts';
import { answersOf, cookieStep, displayStep, inputStep, note } from './step-form.ts';

export interface LoginOptions {
  readonly client: ProvisioningClient;
  readonly identity: BridgeIdentity;
  /** The login to be renewed; null: a new one. */
  readonly loginId: string | null;
  /** A login begins; its rooms may come before its end. */
  readonly onStart: () => Promise<void>;
}

/** A bridge may need half a minute to its first step, and takes a hang-up for a cancel. */
const startTimeoutMs = 90_000;
const stepTimeoutMs = 120_000;
/** A code lives for two or three minutes altogether. */
const mostRepeats = 5;

const over = (code: DialogNoteCode, kind: 'info' | 'error' = 'info', text = ''): Page => ({
  step: { state: 'done', form: null, notes: [note(kind, code, text)], actions: [] },
});

const isSilence = (error: unknown): boolean =>
  error instanceof BridgeError && ['server-unreachable', 'cancelled', 'offline'].includes(error.fault.code) && !/^[A-Z]+[._]/u.test(error.fault.detail ?? '');

/** The way through one bridge's login. Closing it ends it at the bridge, too. */
export const openLogin = (options: LoginOptions): Dialog => {
  const { client, identity } = options;
  const closing = new AbortController();
  let running: string | null = null;

  const known = new Set(identity.logins.map(({ id }) => id));
  /** The answer to the last step may get lost: only the bridge knows whether it was good. */
  const isSignedInNow = async (): Promise<boolean> => {
    const now = readIdentity(await client.get(['whoami'], closing.signal), Date.now());
    const isWanted = (id: string): boolean => (options.loginId === null ? !known.has(id) : id === options.loginId);
    return now?.logins.some(({ id, state }) => isWanted(id) && state === 'connected') ?? false;
  };
  const finish = (): Page => {
    running = null;
    const isOnPhone = identity.network === 'whatsapp';
    const { step } = over('bridge-signed-in');
    return { step: { ...step, notes: [...step.notes, ...(isOnPhone ? [note('warning', 'bridge-phone-rule')] : [])] } };
  };
  /** Every refusal ends the process at the bridge. */
  const fail = async (error: unknown): Promise<Page> => {
    if (closing.signal.aborted) return { step: cancelled };
    const wasRunning = running;
    running = null;
    const { code, detail = '' } = error instanceof BridgeError ? error.fault : { code: 'internal', detail: String(error) };
    if (wasRunning !== null && code === 'not-found' && (await isSignedInNow().catch(() => false))) return finish();
    if (/LOGIN_TIMED_OUT|LOGIN_TIMEOUT/u.test(detail)) return over('expired', 'error');
    return over('bridge-login-failed', 'error', detail);
  };
  const submit = async (step: BridgeStep, body?: unknown, repeats = 0): Promise<Page> => {
    const path = ['login', 'step', step.loginId, step.stepId, step.type];
    const query: Readonly<Record<string, string>> = step.txnId === null ? {} : { txn_id: step.txnId };
    try {
      const answer = await client.post(path, { ...(body === undefined ? {} : { body }), query, timeoutMs: stepTimeoutMs }, closing.signal);
      return await show(readStep(answer, step.loginId));
    } catch (error) {
      // The same transaction again is the same step again, never a second one.
      if (isSilence(error) && step.txnId !== null && repeats < mostRepeats && !closing.signal.aborted) return await submit(step, body, repeats + 1);
      return await fail(error);
    }
  };
  const show = async (step: BridgeStep | null): Promise<Page> => {
    if (step === null) return await fail(new BridgeError('server-incompatible', { detail: 'no login step' }));
    running = step.loginId;
    const asked = (shown: DialogStep): Page => ({ step: shown, answer: (values) => submit(step, answersOf(shown, values)) });
    switch (step.type) {
      case 'complete':
        return finish();
      case 'user_input':
        return asked(inputStep(step));
      case 'cookies':
        return asked(cookieStep(step));
      case 'display_and_wait':
        return { step: displayStep(step), next: () => submit(step) };
      default:
        await cancel();
        return over('bridge-step-unknown', 'error', step.type);
    }
  };
  const start = async (flow: BridgeFlow): Promise<Page> => {
    const query: Readonly<Record<string, string>> = options.loginId === null ? {} : { login_id: options.loginId };
    try {
      await options.onStart();
      return await show(readStep(await client.post(['login', 'start', flow.id], { query, timeoutMs: startTimeoutMs }, closing.signal), null));
    } catch (error) {
      return await fail(error);
    }
  };
  const warn = (flow: BridgeFlow): Page => ({
    step: {
      state: 'open',
      form: { title: null, instructions: [[flow.name, flow.description].filter((part) => part !== '').join(' – ')], fields: [] },
      notes: [note('warning', riskOf(identity.network, flow))],
      actions: ['next'],
    },
    answer: () => start(flow),
  });
  const choose = (flows: readonly BridgeFlow[]): Page => ({
    step: {
      state: 'open',
      form: {
        title: null,
        instructions: [],
        fields: [
          {
            name: 'flow',
            kind: 'choice',
            label: 'login-flow',
            isRequired: true,
            values: flows.slice(0, 1).map(({ id }) => id),
            options: flows.map(({ id, name, description }) => ({ value: id, label: description === '' ? name : `${name} – ${description}` })),
          },
        ],
      },
      notes: [note('info', 'bridge-choose-flow')],
      actions: ['next'],
    },
    answer: async (values) => {
      const flow = flows.find(({ id }) => id === valueOf(values, 'flow'));
      return flow === undefined ? choose(flows) : warn(flow);
    },
  });
  const cancel = async (): Promise<void> => {
    const id = running;
    running = null;
    if (id !== null) await client.post(['login', 'cancel', id], {}, AbortSignal.timeout(5_000)).catch(() => undefined);
  };

  const [only, ...more] = identity.flows;
  if (only === undefined) throw new BridgeError('unsupported', { detail: 'the bridge offers no way to sign in' });
  return pagedDialog(more.length === 0 ? warn(only) : choose(identity.flows), async () => {
    // First at the bridge, so that the request that waits there learns why it ends.
    await cancel();
    closing.abort();
  });
};
