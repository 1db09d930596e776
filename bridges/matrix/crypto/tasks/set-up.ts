/** Cross-signing, secret storage and key backup: made at first, and made anew when everything was lost. */
import { MatrixError, type AuthDict, type UIAuthCallback } from 'matrix-js-sdk';
import type { GeneratedSecretStorageKey } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { BridgeError, type Dialog } from '#bridge';
import { isAllowedOrigin } from '#kit';
import { toBridgeError } from '../../errors.ts';
import { asRecord } from '../../event-shape.ts';
import type { TaskContext } from './task-context.ts';
import { ask, formOf, over, pagedDialog, passwordField, valueOf, type Page } from './steps.ts';

/**
 * The recovery key is shown once and must be kept by the person: whoever has it reads everything, and without it and
 * without another device nothing that was lost comes back. Servers ask for the password only where an identity is
 * replaced, so it is asked for only then.
 */
export const openSetUp = (context: TaskContext, mode: 'set-up' | 'reset'): Promise<Dialog> => {
  const withPassword = (code: 'password-needed' | 'wrong-password'): Page => ({
    step: ask(formOf(passwordField), code, code === 'wrong-password' ? 'error' : 'info'),
    answer: (values) => attempt(valueOf(values, 'password')),
  });
  const approve = (link: string): Page => ({
    step: { ...ask(formOf(), 'approve-on-page', 'warning'), link },
    answer: () => attempt(null),
  });
  const attempt = async (password: string | null): Promise<Page> => {
    try {
      return showKey(await setUp(context, password, mode));
    } catch (error) {
      if (error instanceof ApprovalNeeded) return approve(error.page);
      if (!(error instanceof BridgeError) || error.fault.code !== 'wrong-password') throw error;
      return withPassword(password === null ? 'password-needed' : 'wrong-password');
    }
  };
  const intro = mode === 'set-up' ? ask(formOf(), 'encryption-set-up-intro') : ask(formOf(), 'encryption-reset-intro', 'warning');
  return Promise.resolve(pagedDialog({ step: intro, answer: () => attempt(null) }));
};

const showKey = (recoveryKey: string): Page => {
  const key = { name: '', kind: 'fixed', label: 'recovery-key', isRequired: false, values: [recoveryKey] } as const;
  const isKept = { name: 'kept', kind: 'boolean', label: 'recovery-key-kept', isRequired: true, values: ['false'] } as const;
  const page: Page = {
    step: ask(formOf(key, isKept), 'recovery-key-save', 'warning'),
    answer: (values) => Promise.resolve(valueOf(values, 'kept') === 'true' ? { step: over('encryption-set-up') } : page),
  };
  return page;
};

/** A server that signs in by OAuth lets an identity be replaced only after the person said so on its own page. */
class ApprovalNeeded extends Error {
  readonly page: string;

  constructor(page: string) {
    super('the server wants this approved on its page');
    this.page = page;
  }
}

/** Null: it asks for something else. @see https://spec.matrix.org/v1.17/client-server-api/#oauth-authentication */
const approvalPage = (error: unknown): string | null => {
  if (!(error instanceof MatrixError) || error.httpStatus !== 401) return null;
  const params = asRecord(error.data['params']);
  // The second name is that of the proposal (MSC4312).
  const url = asRecord(params['m.oauth'])['url'] ?? asRecord(params['org.matrix.cross_signing_reset'])['url'];
  return typeof url === 'string' && url.length <= 2_048 && URL.canParse(url) && isAllowedOrigin(new URL(url)) ? url : null;
};

async function setUp({ crypto, secretKeys, selfId, server }: TaskContext, password: string | null, mode: 'set-up' | 'reset'): Promise<string> {
  let generated: GeneratedSecretStorageKey | null = null;
  const authorize: UIAuthCallback<void> = async (request) => {
    const identifier = { type: 'm.id.user', user: selfId };
    try {
      return await request(password === null ? null : ({ type: 'm.login.password', identifier, password } as AuthDict));
    } catch (error) {
      const page = approvalPage(error);
      if (page !== null) throw new ApprovalNeeded(page);
      const known = toBridgeError(error, server, Date.now());
      // 401 with the ways to prove who one is, or the wrong one of them.
      const isRefused = error instanceof MatrixError && error.httpStatus === 401 && 'flows' in error.data;
      throw isRefused ? new BridgeError('wrong-password', known.fault) : known;
    }
  };
  if (mode === 'reset') await crypto.resetEncryption(authorize);
  else await crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys: authorize });
  const options = {
    createSecretStorageKey: async () => (generated = await crypto.createRecoveryKeyFromPassphrase()),
    setupNewSecretStorage: true,
    setupNewKeyBackup: true,
  };
  await crypto.bootstrapSecretStorage(options);
  secretKeys.forget();
  const key = (generated as GeneratedSecretStorageKey | null)?.encodedPrivateKey;
  if (key === undefined) throw new BridgeError('internal', { detail: 'no recovery key was made' });
  return key;
}
