/**
 * Signing in as the server has it: on its own page, by somebody it trusts, or with a password. A dialog that ends with
 * a session; one that nobody took over is ended with it.
 */
import { BridgeError, type AccountBefore, type DialogStep, type Form, type SignUpDialog } from '#bridge';
import { discoverServer } from './discovery.ts';
import { grantFlowId, signIn, toValues, type Grant } from './grant.ts';
import { serverOfUser } from './ids.ts';
import { keptDevice, type KeptDevice } from './kept-device.ts';
import { endGrant } from './login.ts';
import { visitOAuth } from './oauth-sign-in.ts';
import { readAccountSettings } from './account-settings.ts';
import { visitSso } from './sso-sign-in.ts';
import { findWaysIn, type WayIn } from './ways-in.ts';
import type { WebVisit } from './web-visit.ts';

/** Whoever does not come back by then has gone away. */
const patienceMs = 15 * 60_000;
/** A session that nobody wanted is ended while the dialog closes. */
const endTimeoutMs = 1_500;

const wayForm = (ways: readonly WayIn[]): Form => ({
  title: null,
  instructions: [],
  fields: [{ name: 'way', kind: 'choice', label: 'sign-in-way', isRequired: true, values: ['0'], options: ways.map((way, index) => ({ value: String(index), label: labelOf(way) })) }],
});

const labelOf = (way: WayIn): string => {
  if (way.kind === 'password') return 'way-password';
  if (way.kind === 'oauth') return 'way-browser';
  return way.provider?.name ?? 'way-browser';
};

const passwordForm = (address: string): Form => ({
  title: null,
  instructions: [],
  fields: [
    { name: 'user', kind: 'text', label: 'account-address', isRequired: true, values: [address] },
    { name: 'password', kind: 'secret', label: 'account-password', isRequired: true, values: [] },
  ],
});

const open = (code: NonNullable<DialogStep['notes'][number]['code']>, more: Partial<DialogStep>, kind: 'info' | 'error' = 'info'): DialogStep => ({
  ...{ state: 'open', form: null, notes: [{ kind, text: '', code }], actions: [] },
  ...more,
});
const choosing = (ways: readonly WayIn[]): DialogStep => open('sign-in-ways', { form: wayForm(ways), actions: ['complete'] });
const asking = (address: string, isWrong = false): DialogStep =>
  open(isWrong ? 'wrong-password' : 'sign-in-password', { form: passwordForm(address), actions: ['complete'] }, isWrong ? 'error' : 'info');
const visiting = (link: string): DialogStep => open('web-sign-in', { link, isWaiting: true });
const signedIn: DialogStep = { state: 'done', form: null, notes: [{ kind: 'info', text: '', code: 'signed-in' }], actions: [] };

/** A server's name, its address, or an address on it. */
const serverIn = (text: string): string => serverOfUser(text.startsWith('@') ? text : `@${text}`) ?? text;
const isAddress = (text: string): boolean => text.includes('@');

/**
 * Opens the dialog. `before`: an account that signs in again; its device goes on where the server still knows it.
 * @throws BridgeError `no-login-method`, `sign-in-unsafe`, and those of {@link discoverServer}
 */
export async function openWebSignIn(typed: string, signal: AbortSignal, before?: AccountBefore): Promise<SignUpDialog> {
  const address = before?.account.address ?? (isAddress(typed) ? typed : '');
  const baseUrl = before === undefined ? await find(typed, signal) : readAccountSettings(before.account).baseUrl;
  const [ways, kept] = await Promise.all([findWaysIn(baseUrl, signal), keptDevice(before, signal)]);
  return await dialogOf({ baseUrl, ways, kept, address, signal });
}

const find = (typed: string, signal: AbortSignal): Promise<string> => {
  const server = isAddress(typed) && !typed.includes('://') ? serverIn(typed) : typed;
  return discoverServer(server, server, signal);
};

interface Given {
  readonly baseUrl: string;
  readonly ways: readonly WayIn[];
  readonly kept: KeptDevice | null;
  readonly address: string;
  readonly signal: AbortSignal;
}

async function dialogOf({ baseUrl, ways, kept, address, signal }: Given): Promise<SignUpDialog> {
  let visit: WebVisit | null = null;
  let way: WayIn | null = null;
  let grant: Grant | null = null;
  let isKept = false;

  const take = (next: WayIn): Promise<DialogStep> => {
    way = next;
    return next.kind === 'password' ? Promise.resolve(asking(address)) : go(next);
  };
  const go = async (next: Exclude<WayIn, { kind: 'password' }>): Promise<DialogStep> => {
    visit?.close();
    visit = next.kind === 'oauth' ? await visitOAuth(baseUrl, next.metadata, kept, patienceMs, signal) : await visitSso(baseUrl, next.provider?.id ?? null, kept, patienceMs);
    return visiting(visit.link);
  };
  const tryPassword = async (user: string, password: string): Promise<DialogStep> => {
    try {
      grant = await signIn(baseUrl, { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password }, kept, signal);
      return signedIn;
    } catch (error) {
      if (error instanceof BridgeError && error.fault.code === 'wrong-password') return asking(user, true);
      throw error;
    }
  };

  const [only] = ways;
  const first = ways.length === 1 && only !== undefined ? await take(only) : choosing(ways);
  return {
    first,
    async answer(_action, values) {
      const chosen = ways[Number(values['way']?.[0] ?? '')];
      if (way === null) return chosen === undefined ? choosing(ways) : take(chosen);
      return way.kind === 'password' ? tryPassword(values['user']?.[0]?.trim() ?? '', values['password']?.[0] ?? '') : first;
    },
    async wait(ofWait) {
      if (visit === null) return first;
      grant = await visit.grant(AbortSignal.any([ofWait, signal]));
      return signedIn;
    },
    async close() {
      visit?.close();
      if (grant !== null && !isKept) await endGrant(grant, AbortSignal.timeout(endTimeoutMs)).catch(() => undefined);
    },
    result: () => (grant === null ? null : { flowId: grantFlowId, values: toValues(grant) }),
    kept: () => {
      isKept = true;
    },
  };
}
