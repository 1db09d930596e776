/** Talks to a bridge's bot in its room, for bridges without an API: one line each way, as a person would type it. */
import { BridgeError, type Dialog, type DialogStep } from '#bridge';
import { randomUUID } from 'node:crypto';
import { asRecord, asString } from '../../event-shape.ts';
import { pagedDialog, valueOf, type Page } from '../../crypto/tasks/steps.ts';
import type { AccountContext } from '../../worker/account-context.ts';
import { putEvent } from '../../worker/calls/put-event.ts';
import { startConversation } from '../../worker/calls/start-conversation.ts';
import { fetchPictures, readAnswers, type BotAnswer } from './bot-answers.ts';
import { note } from './step-form.ts';

/** A bot answers in a moment or not at all. */
const mostLooks = 4;

/** The bot's own room, where it invited us to one; else a new one. */
const roomWith = async (context: AccountContext, bot: string): Promise<string> => {
  const { rooms } = context.store;
  const shared = rooms.all().find(({ id, membership, emitted }) => {
    if (membership !== 'joined' || emitted === null) return false;
    const members = rooms.statesOfType(id, 'm.room.member', 5).map((event) => event['state_key']);
    return members.length === 2 && members.includes(bot);
  });
  return shared?.id ?? (await startConversation(context, bot));
};

/** @param command what is said first, without the prefix of group rooms */
export const openBotDialog = async (context: AccountContext, bot: string, command: string, signal: AbortSignal): Promise<Dialog> => {
  const closing = new AbortController();
  const roomId = await roomWith(context, bot);

  let ownId = '';
  const say = async (text: string): Promise<void> => {
    const answer = await putEvent(context, { roomId, type: 'm.room.message', content: { msgtype: 'm.text', body: text }, transactionId: randomUUID() }, closing.signal);
    ownId = asString(asRecord(answer)['event_id']) ?? '';
  };
  /** Everything since our last line, as soon as there is anything. */
  const listen = async (): Promise<readonly BotAnswer[]> => {
    let said: readonly BotAnswer[] = [];
    for (let look = 0; look < mostLooks && said.length === 0; look += 1) {
      const before = context.store.events.lastMessageAt(roomId, Date.now() + 60_000)?.eventId;
      said = await readAnswers(context, roomId, ownId, bot, closing.signal);
      if (said.length > 0) break;
      // Whatever comes next in this room, or ten seconds.
      await context.untilSynced(() => context.store.events.lastMessageAt(roomId, Date.now() + 60_000)?.eventId !== before);
      if (closing.signal.aborted) throw new BridgeError('cancelled');
    }
    return said;
  };
  /** Nothing to say: only looks again, for a bot writes on when it has news. */
  const page = async (text: string): Promise<Page> => {
    if (text !== '') await say(text);
    const said = await listen();
    const media = await fetchPictures(context, said, closing.signal);
    const values = said.map((answer) => answer.text).filter((words) => words !== '');
    const step: DialogStep = {
      state: 'open',
      form: {
        title: null,
        instructions: [],
        fields: [
          { name: '', kind: 'fixed', label: 'bot-answer', isRequired: false, values, media },
          { name: 'line', kind: 'text', label: 'bot-line', isRequired: false, values: [] },
        ],
      },
      notes: said.length === 0 ? [note('warning', 'bridge-bot-silent')] : [],
      actions: ['next'],
    };
    return { step, answer: (entered) => page(valueOf(entered, 'line')) };
  };
  signal.addEventListener('abort', () => closing.abort(), { once: true });
  return pagedDialog(await page(command), async () => closing.abort());
};
