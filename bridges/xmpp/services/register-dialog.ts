import { BridgeError, type Dialog, type DialogNote, type DialogStep, type FormValues } from '#bridge';
import {
  readRegistration,
  registrationQuery,
  removalQuery,
  submitQuery,
  type RegistrationOffer,
} from '../extensions/0077-in-band-registration.ts';
import { ns } from '../namespaces.ts';
import { ask, patientDeadlineMs, quickDeadlineMs, serviceAddress } from './ask.ts';
import { findFormMedia } from './form-media.ts';
import { over } from './dialog-steps.ts';
import type { DialogOpener, ServiceContext } from './service-context.ts';

interface Address {
  readonly address: string;
}

/** Signs in at a gateway or service, or changes how we are (XEP-0077). */
export const openRegistration: DialogOpener<Address> = async ({ address }, context, signal) => {
  const to = serviceAddress(address);
  const offer = await loadOffer(to, context, signal);
  const answer = async (values: FormValues, answerSignal: AbortSignal): Promise<DialogStep> => {
    if (offer.form === null) return over('open-link', { link: offer.link });
    const payload = submitQuery(ns.register, offer.form, offer.dataForm !== undefined, values);
    await ask(context.request, { type: 'set', to, payload, deadlineMs: patientDeadlineMs }, answerSignal);
    return over('registered');
  };
  return plainDialog(firstStep(offer), answer);
};

async function loadOffer(to: string, context: ServiceContext, signal: AbortSignal): Promise<RegistrationOffer> {
  const iq = { type: 'get', to, payload: registrationQuery(), deadlineMs: quickDeadlineMs } as const;
  const answer = await ask(context.request, iq, signal);
  const form = answer.child('query', ns.register)?.child('x', ns.dataForms);
  const findMedia = form === undefined ? undefined : await findFormMedia(answer, form, to, context, signal);
  const offer = readRegistration(answer, findMedia);
  if (offer === null) throw new BridgeError('server-incompatible', { server: to });
  return offer;
}

function firstStep({ form, link, isRegistered }: RegistrationOffer): DialogStep {
  const notes: DialogNote[] = isRegistered ? [{ kind: 'info', text: '', code: 'already-registered' }] : [];
  if (form !== null) return { state: 'open', form, notes, actions: ['complete'], ...(link === null ? {} : { link }) };
  return link === null ? { state: 'done', form: null, notes, actions: [] } : over('open-link', { link });
}

/** Gives a registration up, after one question. */
export const openRemoval: DialogOpener<Address> = ({ address }, context) => {
  const to = serviceAddress(address);
  const notes: DialogNote[] = [{ kind: 'warning', text: '', code: 'unregister-question' }];
  const answer = async (_values: FormValues, signal: AbortSignal): Promise<DialogStep> => {
    await ask(context.request, { type: 'set', to, payload: removalQuery(), deadlineMs: patientDeadlineMs }, signal);
    return over('unregistered');
  };
  return Promise.resolve(plainDialog({ state: 'open', form: null, notes, actions: ['complete'] }, answer));
};

/** A dialog whose other side keeps nothing in mind: closing it needs no word. */
export function plainDialog(first: DialogStep, answer: (values: FormValues, signal: AbortSignal) => Promise<DialogStep>): Dialog {
  return {
    first,
    answer: (action, values, signal) =>
      action === 'cancel' ? Promise.resolve({ state: 'done', form: null, notes: [], actions: [] }) : answer(values, signal),
    close: () => Promise.resolve(),
  };
}
