/** Login processes as bridgev2 runs them: one step at a time, each under a transaction of its own. */
import { randomBytes } from 'node:crypto';
import { Refusal } from './answer.ts';

export interface LoginStep {
  type: string;
  step_id: string;
  instructions: string;
  [details: string]: unknown;
}

export const loginFlows = [
  { name: 'Password', description: 'User name and password', id: 'password' },
  { name: 'QR', description: 'Scan a QR code on your phone', id: 'qr' },
  { name: 'Pairing code', description: 'Enter a code on your phone', id: 'phone' },
  { name: 'Cookies', description: 'Sign in in a browser', id: 'cookies' },
  { name: 'Passkey', description: 'A kind of step that few clients know', id: 'webauthn' },
  { name: 'Borrowed connection', description: 'Asks the client to send requests for it', id: 'client_http' },
] as const;

/** A QR code or a number that is shown, until somebody at the phone says yes or it is renewed. */
export interface Display {
  scan(): void;
  refresh(): void;
}

export interface LoginProcess {
  readonly id: string;
  readonly userId: string;
  readonly display: Display | null;
  /** The step of the moment, as it goes out. */
  current(): Record<string, unknown>;
  submit(stepId: string, type: string, txnId: string | null, body: Record<string, unknown>): Promise<Record<string, unknown>>;
  cancel(): void;
}

interface Hooks {
  /** What a browser is to bring; a page that leads nowhere unless told. */
  readonly cookies?: Readonly<Record<string, unknown>> | undefined;
  /** The account is there; answers with its id. */
  readonly onComplete: (userId: string) => Promise<string>;
  /** The process is over: later requests are told that there is none. */
  readonly onOver: (id: string) => void;
  /** What was brought from a browser. */
  readonly onHanded?: ((body: Readonly<Record<string, unknown>>) => void) | undefined;
}

const userInput = (stepId: string, fields: readonly Record<string, unknown>[], instructions = ''): LoginStep => ({
  type: 'user_input',
  step_id: stepId,
  instructions,
  user_input: { fields: fields.map((field) => ({ description: '', ...field })), attachments: null },
});
const show = (stepId: string, kind: string, data: string): LoginStep => ({
  type: 'display_and_wait',
  step_id: stepId,
  instructions: '',
  display_and_wait: { type: kind, data },
});
const cookies: LoginStep = {
  type: 'cookies',
  step_id: 'fakenet.cookies',
  instructions: 'Sign in to Fakenet.',
  cookies: {
    url: 'https://fakenet.example/login',
    fields: [{ id: 'sid', required: true, sources: [{ type: 'cookie', name: 'sid', cookie_domain: 'fakenet.example' }] }],
  },
};

const firstSteps: Readonly<Record<string, () => LoginStep>> = {
  password: () =>
    userInput('fakenet.password', [
      { type: 'username', id: 'username', name: 'User name' },
      { type: 'password', id: 'password', name: 'Password' },
      { type: 'select', id: 'region', name: 'Region', options: ['Europe', 'Elsewhere'], default_value: 'Europe' },
    ]),
  qr: () => show('fakenet.qr', 'qr', 'fakenet-qr-1'),
  phone: () => userInput('fakenet.phone', [{ type: 'phone_number', id: 'phone_number', name: 'Phone number' }]),
  cookies: () => cookies,
  webauthn: () => ({ type: 'webauthn', step_id: 'fakenet.webauthn', instructions: '', webauthn: {} }),
  client_http: () => ({ type: 'client_http', step_id: 'fakenet.http', instructions: '', client_http: { url: 'https://fakenet.example/' } }),
};

export const hasFlow = (flow: string): boolean => Object.hasOwn(firstSteps, flow);

/** Starts a process; bridgev2 names it by an id that cannot be guessed. */
export function startLogin(userId: string, flow: string, hooks: Hooks): LoginProcess {
  const id = randomBytes(10).toString('hex');
  let step = firstSteps[flow]?.() ?? cookies;
  if (flow === 'cookies' && hooks.cookies !== undefined) step = { ...cookies, cookies: hooks.cookies };
  let txnId = newTxn();
  let lastTxnId: string | null = null;
  let running: Promise<Record<string, unknown>> | null = null;
  let displayed: PromiseWithResolvers<'scanned' | 'refreshed'> | null = null;
  let codes = 1;

  const current = (): Record<string, unknown> => ({ login_id: id, txn_id: txnId, ...step });
  const fail = (status: number, code: string, message: string): never => {
    hooks.onOver(id);
    throw new Refusal(status, code, message);
  };
  const complete = async (): Promise<LoginStep> => {
    const loginId = await hooks.onComplete(userId);
    hooks.onOver(id);
    return { type: 'complete', step_id: 'fakenet.complete', instructions: 'Successfully logged in', complete: { user_login_id: loginId } };
  };
  const afterDisplay = async (): Promise<LoginStep> => {
    displayed = Promise.withResolvers();
    const outcome = await displayed.promise.finally(() => (displayed = null));
    if (outcome === 'scanned') return await complete();
    codes += 1;
    return show('fakenet.qr', 'qr', `fakenet-qr-${String(codes)}`);
  };
  const next = async (body: Record<string, unknown>): Promise<LoginStep> => {
    if (step.type === 'display_and_wait') return await afterDisplay();
    switch (step.step_id) {
      case 'fakenet.password':
        if (body['password'] === 'wrong') return fail(403, 'FI.MAU.FAKENET.BAD_PASSWORD', 'Incorrect password');
        if (body['username'] === '2fa') return userInput('fakenet.2fa', [{ type: '2fa_code', id: 'code', name: 'Code', pattern: '^[0-9]{6}$' }]);
        return await complete();
      case 'fakenet.2fa':
        return body['code'] === '123456' ? await complete() : fail(403, 'FI.MAU.FAKENET.BAD_CODE', 'Incorrect code');
      case 'fakenet.phone':
        if (String(body['phone_number'] ?? '').length < 6) return fail(400, 'FI.MAU.WHATSAPP.PHONE_NUMBER_TOO_SHORT', 'Phone number too short');
        return show('fakenet.code', 'code', 'ABCD-EFGH');
      default:
        hooks.onHanded?.(body);
        return typeof body['sid'] === 'string' && body['sid'] !== '' ? await complete() : fail(400, 'M_BAD_REQUEST', 'Missing cookie sid');
    }
  };
  const run = async (body: Record<string, unknown>): Promise<Record<string, unknown>> => {
    step = await next(body);
    lastTxnId = txnId;
    txnId = newTxn();
    return current();
  };

  return {
    id,
    userId,
    get display() {
      if (displayed === null) return null;
      const { resolve } = displayed;
      return { scan: () => resolve('scanned'), refresh: () => resolve('refreshed') };
    },
    current,
    async submit(stepId, type, givenTxn, body) {
      // The answer got lost on its way: here it is again.
      if (givenTxn !== null && givenTxn === lastTxnId) return current();
      const isThisStep = step.step_id === stepId && step.type === type && givenTxn === txnId;
      if (!isThisStep) throw new Refusal(500, 'M_BAD_STATE', 'Step ID, type or transaction does not match');
      running ??= run(body).finally(() => (running = null));
      return await running;
    },
    cancel() {
      displayed?.reject(new Refusal(410, 'FI.MAU.BRIDGE.LOGIN_CANCELLED', 'Login was cancelled'));
      hooks.onOver(id);
    },
  };
}

const newTxn = (): string => `bls_${randomBytes(10).toString('hex')}`;
