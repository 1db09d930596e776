/** Two devices compare seven pictures (SAS), whoever began. @see https://spec.matrix.org/v1.16/client-server-api/#short-authentication-string-sas-verification */
import {
  VerificationPhase,
  VerificationRequestEvent,
  VerifierEvent,
  type ShowSasCallbacks,
  type VerificationRequest,
  type Verifier,
} from 'matrix-js-sdk/lib/crypto-api/index.js';
import { BridgeError, type Dialog, type EncryptionTask, type FormField } from '#bridge';
import type { TaskContext } from './task-context.ts';
import { ask, cancelled, formOf, over, pagedDialog, valueOf, waitFor, type Page } from './steps.ts';

const method = 'm.sas.v1';

export async function openVerification(context: TaskContext, task: Extract<EncryptionTask, { kind: 'verify-device' | 'verify-person' | 'answer-verification' }>): Promise<Dialog> {
  const { requests } = context;
  if (task.kind === 'answer-verification') {
    const request = requests.find(task.requestId);
    if (request === null) throw new BridgeError('not-found', { detail: 'this verification is over' });
    const accepting: Page = {
      step: ask(formOf(), 'verification-accept'),
      answer: async () => {
        await request.accept();
        return { step: waitFor('verification-waiting'), next: () => untilStarted(request) };
      },
    };
    return pagedDialog(accepting, () => giveUp(request));
  }
  const request = await askOther(context, task);
  const waiting: Page = { step: waitFor('verification-on-other-device'), next: () => begin(request) };
  return pagedDialog(waiting, () => giveUp(request));
}

async function askOther({ crypto, selfId, directRoom }: TaskContext, task: Extract<EncryptionTask, { kind: 'verify-device' | 'verify-person' }>): Promise<VerificationRequest> {
  if (task.kind === 'verify-person') {
    const roomId = directRoom(task.address);
    if (roomId === null) throw new BridgeError('not-found', { detail: 'there is no encrypted conversation with this person' });
    return await crypto.requestVerificationDM(task.address, roomId);
  }
  return await (task.deviceId === null ? crypto.requestOwnUserVerification() : crypto.requestDeviceVerification(selfId, task.deviceId));
}

/** Ours to begin as soon as the other side is ready. */
async function begin(request: VerificationRequest): Promise<Page> {
  await untilPhase(request, VerificationPhase.Ready);
  if (request.phase === VerificationPhase.Cancelled) return { step: over('verification-cancelled', 'warning') };
  const verifier = request.phase === VerificationPhase.Ready ? await request.startVerification(method) : request.verifier;
  return verifier === undefined ? { step: over('verification-cancelled', 'warning') } : await compare(request, verifier);
}

/** The other side began, and chooses when to show the pictures. */
async function untilStarted(request: VerificationRequest): Promise<Page> {
  await untilPhase(request, VerificationPhase.Started);
  const { verifier } = request;
  return verifier === undefined ? { step: over('verification-cancelled', 'warning') } : await compare(request, verifier);
}

async function compare(request: VerificationRequest, verifier: Verifier): Promise<Page> {
  const outcome = verifier.verify().then(
    () => 'done' as const,
    () => 'ended' as const,
  );
  const sas = await Promise.race([shownBy(verifier), outcome]);
  if (sas === 'done' || sas === 'ended') return { step: over('verification-cancelled', 'warning') };
  return {
    step: ask(formOf(pictures(sas), question), 'verification-compare'),
    answer: async (values) => {
      if (valueOf(values, 'match') !== 'yes') {
        sas.mismatch();
        await outcome;
        return { step: over('verification-mismatch', 'error') };
      }
      await sas.confirm();
      const result = await outcome;
      return { step: result === 'done' ? over('verified') : over('verification-cancelled', 'warning') };
    },
    next: () => Promise.resolve({ step: request.phase === VerificationPhase.Cancelled ? over('verification-cancelled', 'warning') : cancelled }),
  };
}

const pictures = ({ sas }: ShowSasCallbacks): FormField => ({
  name: '',
  kind: 'fixed',
  label: 'verification-pictures',
  isRequired: false,
  values: (sas.emoji ?? []).map(([picture, name]) => `${picture} ${name}`),
});

const question: FormField = {
  name: 'match',
  kind: 'choice',
  label: 'verification-match',
  isRequired: true,
  values: [],
  options: [
    { value: 'yes', label: 'pictures-match' },
    { value: 'no', label: 'pictures-differ' },
  ],
};

const shownBy = (verifier: Verifier): Promise<ShowSasCallbacks> =>
  new Promise((resolve) => {
    const shown = verifier.getShowSasCallbacks();
    if (shown !== null) resolve(shown);
    else verifier.once(VerifierEvent.ShowSas, resolve);
  });

const untilPhase = (request: VerificationRequest, phase: VerificationPhase): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      // Cancelled and Done come after every other phase.
      if (request.phase < phase) return;
      request.off(VerificationRequestEvent.Change, look);
      resolve();
    };
    request.on(VerificationRequestEvent.Change, look);
    look();
  });

async function giveUp(request: VerificationRequest): Promise<void> {
  if (request.pending) await request.cancel().catch(() => undefined);
}
