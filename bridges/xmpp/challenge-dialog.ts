import { randomUUID } from 'node:crypto';
import { BridgeError, type Dialog, type DialogNoteCode, type DialogStep, type Form, type FormValues } from '#bridge';
import type { AccountLink } from './account-link.ts';
import type { StanzaSender } from './actions.ts';
import { readDataForm, submitForm } from './extensions/0004-data-forms.ts';
import { captchaAnswer, type Challenge } from './extensions/0158-captcha-forms.ts';
import type { Held } from './held-stanzas.ts';
import { bareJid } from './jid.ts';
import { settleIn } from './join-room.ts';
import { askForm, patientDeadlineMs } from './services/ask.ts';
import { again, over } from './services/dialog-steps.ts';
import { findFormMedia } from './services/form-media.ts';
import { plainDialog } from './services/plain-dialog.ts';
import type { DialogOpener, ServiceContext } from './services/service-context.ts';
import { StanzaError } from './stream/stanza-error.ts';
import { element } from './stream/xml/element.ts';

/** The dialog about a room that we knock at; one about what was sent to a person is `held:` and its id. */
export const challengeDialog = 'captcha';
const heldPrefix = 'held:';

/** A question that may be answered, and what follows. */
interface Question {
  readonly challenge: Challenge;
  /** While the answer is under way; what it returns is waited for when the answer was right. */
  onAnswering(): () => Promise<void>;
  /** The answer was wrong: another question, when there can be one. */
  renew(): Promise<Question | null>;
}

/** A server's question to a person. Opened by the person alone, never by what came in. */
export const openChallenge =
  (link: AccountLink, engine: Pick<StanzaSender, 'send'>): DialogOpener<{ readonly id: string; readonly address: string }> =>
  async ({ id, address }, context, signal) => {
    const question = id.startsWith(heldPrefix) ? heldQuestion(link, engine, id.slice(heldPrefix.length)) : id === challengeDialog ? roomQuestion(link, address) : null;
    if (question === null) throw new BridgeError('not-found', { detail: 'nobody asks anything' });
    return await askPerson(question, context, signal);
  };

async function askPerson(first: Question, context: ServiceContext, signal: AbortSignal): Promise<Dialog> {
  let asked = first;
  let form = await shown(asked.challenge, context, signal);
  const step: DialogStep = { state: 'open', form, notes: [], actions: ['complete'] };
  return plainDialog(step, async (values: FormValues, answerSignal: AbortSignal): Promise<DialogStep> => {
    const then = asked.onAnswering();
    const refusal = await answer(asked.challenge.from, form, values, context, answerSignal);
    if (refusal === null) {
      await then();
      return over('answer-right');
    }
    const next = await asked.renew();
    if (next === null) return failed('answer-wrong-for-good', refusal);
    asked = next;
    form = await shown(next.challenge, context, answerSignal);
    return again(form, 'answer-wrong', refusal);
  });
}

const shown = async ({ message, form, from }: Challenge, context: ServiceContext, signal: AbortSignal): Promise<Form> =>
  readDataForm(form, await findFormMedia(message, form, from, context, signal));

/** Null: it was right; else what they say against it. @throws BridgeError when there is no answer */
async function answer(to: string, form: Form, values: FormValues, context: ServiceContext, signal: AbortSignal): Promise<string | null> {
  const iq = { type: 'set', to, payload: captchaAnswer(submitForm(form, values)), deadlineMs: patientDeadlineMs } as const;
  const result = await askForm(context.request, iq, signal);
  return result instanceof StanzaError ? (result.text ?? '') : null;
}

const failed = (code: DialogNoteCode, text: string): DialogStep => ({ state: 'done', form: null, notes: [{ kind: 'error', text, code }], actions: [] });

/** The right answer lets us in, so the dialog ends inside. */
function roomQuestion(link: AccountLink, address: string): Question | null {
  const room = bareJid(address);
  const open = room === null ? null : link.challenges.take(room);
  if (open === null || room === null) return null;
  return {
    challenge: open.challenge,
    onAnswering: () => {
      const entered = link.rooms.entered(room);
      // Whether the answer fails is told by the answer; entering is then waited for by nobody.
      entered.catch(() => undefined);
      return async () => {
        await entered;
        await settleIn(link, room, link.rooms.nick(room) ?? '', null);
      };
    },
    renew: async () => {
      const isAsked = await open.knock().then(() => false, isQuestion);
      return isAsked ? roomQuestion(link, room) : null;
    },
  };
}

const isQuestion = (error: unknown): boolean => error instanceof BridgeError && error.fault.detail === 'captcha-required';

/** What was held back goes on its way with the right answer; a request to be a contact can be made once more. */
function heldQuestion(link: AccountLink, engine: Pick<StanzaSender, 'send'>, requestId: string): Question | null {
  const held = link.held.find(requestId);
  return held === null ? null : questionOf(link, engine, held);
}

function questionOf(link: AccountLink, engine: Pick<StanzaSender, 'send'>, held: Held): Question {
  const settle = (isDelivered: boolean): Promise<void> => link.journal.write({ events: link.held.settle(held.requestId, isDelivered) });
  return {
    challenge: held.challenge,
    onAnswering: () => () => settle(true),
    renew: async () => {
      const id = randomUUID();
      const request = element('presence', { to: held.address, type: 'subscribe', id });
      const next = held.what === 'contact-request' ? await link.held.renew(held.requestId, id, () => void engine.send(request)) : null;
      if (next === null) await settle(false);
      return next === null ? null : questionOf(link, engine, next);
    },
  };
}
