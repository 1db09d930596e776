import { BridgeError, type DialogStep, type FormValues } from '#bridge';
import type { AccountLink } from './account-link.ts';
import { readDataForm, submitForm } from './extensions/0004-data-forms.ts';
import { captchaAnswer, type Challenge } from './extensions/0158-captcha-forms.ts';
import { bareJid } from './jid.ts';
import { settleIn } from './join-room.ts';
import { ask, patientDeadlineMs } from './services/ask.ts';
import { over } from './services/dialog-steps.ts';
import { findFormMedia } from './services/form-media.ts';
import { plainDialog } from './services/plain-dialog.ts';
import type { DialogOpener } from './services/service-context.ts';

export const challengeDialog = 'captcha';
const mostKept = 20;

/** What rooms asked before they let us in; only of rooms that we are entering. */
export class RoomChallenges {
  readonly #open = new Map<string, Challenge>();

  put(room: string, challenge: Challenge): void {
    this.#open.delete(room);
    this.#open.set(room, challenge);
    const [oldest] = this.#open.keys();
    if (this.#open.size > mostKept && oldest !== undefined) this.#open.delete(oldest);
  }

  take(room: string): Challenge | null {
    const challenge = this.#open.get(room) ?? null;
    this.#open.delete(room);
    return challenge;
  }
}

/** The room's question to a person. The right answer lets us in, so the dialog ends inside. */
export const openChallenge =
  (link: AccountLink): DialogOpener<{ readonly id: string; readonly address: string }> =>
  async ({ id, address }, context, signal) => {
    const room = bareJid(address);
    const challenge = id === challengeDialog && room !== null ? link.challenges.take(room) : null;
    if (challenge === null || room === null) throw new BridgeError('not-found', { detail: 'the room asks nothing' });
    const { message, form, from } = challenge;
    const shown = readDataForm(form, await findFormMedia(message, form, from, context, signal));
    const first: DialogStep = { state: 'open', form: shown, notes: [], actions: ['complete'] };
    return plainDialog(first, async (values: FormValues, answerSignal): Promise<DialogStep> => {
      const payload = captchaAnswer(submitForm(shown, values));
      const entered = link.rooms.entered(room);
      // Whether the answer fails is told by the answer; entering is then waited for by nobody.
      entered.catch(() => undefined);
      await ask(context.request, { type: 'set', to: from, payload, deadlineMs: patientDeadlineMs }, answerSignal);
      await entered;
      await settleIn(link, room, link.rooms.nick(room) ?? '', null);
      return over('saved');
    });
  };
