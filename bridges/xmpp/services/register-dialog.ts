import { BridgeError, type DialogNote, type DialogStep, type FormValues } from '#bridge';
import type { CommandInfo, RemoteConversationId } from '#model';
import {
  readRegistration,
  registrationQuery,
  removalQuery,
  submitQuery,
  type RegistrationOffer,
} from '../extensions/0077-in-band-registration.ts';
import { addressOf } from '../ids.ts';
import { ns } from '../namespaces.ts';
import { StanzaError } from '../stream/stanza-error.ts';
import { openCommand } from './command-dialog.ts';
import { listCommands } from './service-browser.ts';
import { ask, askForm, patientDeadlineMs, quickDeadlineMs, serviceAddress } from './ask.ts';
import { findFormMedia } from './form-media.ts';
import { over } from './dialog-steps.ts';
import { plainDialog } from './plain-dialog.ts';
import { refusedForm } from './refused-form.ts';
import { isEnterCommand, isLeaveCommand } from './registration-state.ts';
import type { DialogOpener, ServiceContext } from './service-context.ts';

interface Address {
  readonly address: string;
}

/**
 * Signs in at a gateway or service, or changes how we are (XEP-0077). A gateway that offers a command for it is led
 * through that one: a code to scan, or a second step, does not fit into one form.
 */
export const openRegistration: DialogOpener<Address> = async ({ address }, context, signal) => {
  const to = serviceAddress(address);
  const command = await findCommand(to, isEnterCommand, context, signal);
  if (command !== undefined) return await openCommand(command, context, signal);
  let offer = await loadOffer(to, context, signal);
  const answer = async (values: FormValues, answerSignal: AbortSignal): Promise<DialogStep> => {
    if (offer.form === null) return over('open-link', { link: offer.link });
    const payload = submitQuery(ns.register, offer.form, offer.dataForm !== undefined, values);
    const result = await askForm(context.request, { type: 'set', to, payload, deadlineMs: patientDeadlineMs }, answerSignal);
    if (!(result instanceof StanzaError)) return over('registered');
    // A picture is good for one try; where no other form is to be had, the one that was refused can still be mended.
    offer = await loadOffer(to, context, answerSignal).catch(() => offer);
    return refusedForm(offer.form, result);
  };
  return plainDialog(firstStep(offer), answer);
};

/** A command of the service for this, which knows better what it needs; undefined: it offers none. */
async function findCommand(
  to: string,
  isMeant: (command: CommandInfo) => boolean,
  context: ServiceContext,
  signal: AbortSignal,
): Promise<CommandInfo | undefined> {
  const commands = await listCommands(to, context, signal).catch(() => []);
  return commands.find((command) => command.address === to && isMeant(command));
}

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

/** To be on the list of a room (XEP-0045 section 7.10); what it asks beside the nickname is up to the room. */
export const openRoomRegistration: DialogOpener<{ readonly conversationId: RemoteConversationId }> = ({ conversationId }, context, signal) =>
  openRegistration({ address: addressOf(conversationId) }, context, signal);

/** Gives a registration up, after one question. */
export const openRemoval: DialogOpener<Address> = async ({ address }, context, signal) => {
  const to = serviceAddress(address);
  const command = await findCommand(to, isLeaveCommand, context, signal);
  if (command !== undefined) return await openCommand(command, context, signal);
  const notes: DialogNote[] = [{ kind: 'warning', text: '', code: 'unregister-question' }];
  const answer = async (_values: FormValues, answerSignal: AbortSignal): Promise<DialogStep> => {
    await ask(context.request, { type: 'set', to, payload: removalQuery(), deadlineMs: patientDeadlineMs }, answerSignal);
    return over('unregistered');
  };
  return plainDialog({ state: 'open', form: null, notes, actions: ['complete'] }, answer);
};
