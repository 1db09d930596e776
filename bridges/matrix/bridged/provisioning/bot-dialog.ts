/** Talks to a bridge's bot in its room, for bridges without an API: one line each way, as a person would type it. */
import { BridgeError, type Dialog, type DialogStep } from '#bridge';
import { randomUUID } from 'node:crypto';
import { asArray, asRecord, asString, asText, readRoomEvent, type RoomEvent } from '../../event-shape.ts';
import { pagedDialog, valueOf, type Page } from '../../crypto/tasks/steps.ts';
import type { AccountContext } from '../../worker/account-context.ts';
import { putEvent } from '../../worker/calls/put-event.ts';
import { startConversation } from '../../worker/calls/start-conversation.ts';
import { note } from './step-form.ts';

/** A bot answers in a moment or not at all. */
const mostLooks = 4;
const longestAnswer = 8_000;

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

const eventsIn = async (context: AccountContext, roomId: string, signal: AbortSignal): Promise<readonly RoomEvent[]> => {
  const page = await context.api.get(['rooms', roomId, 'messages'], { query: { dir: 'b', limit: '30' }, signal });
  return asArray(page['chunk']).flatMap((raw) => readRoomEvent(raw, Date.now()) ?? []);
};

/** What the bot wrote since our line, oldest first. */
const answersSince = (events: readonly RoomEvent[], ownEventId: string, bot: string): readonly string[] => {
  const own = events.findIndex(({ eventId }) => eventId === ownEventId);
  const newer = own === -1 ? events : events.slice(0, own);
  return newer
    .filter(({ sender, type }) => sender === bot && type === 'm.room.message')
    .map(({ content }) => asText(content['body']).slice(0, longestAnswer))
    .toReversed();
};

/** @param command what is said first, without the prefix of group rooms */
export const openBotDialog = async (context: AccountContext, bot: string, command: string, signal: AbortSignal): Promise<Dialog> => {
  const closing = new AbortController();
  const roomId = await roomWith(context, bot);

  const say = async (text: string): Promise<readonly string[]> => {
    const answer = await putEvent(context, { roomId, type: 'm.room.message', content: { msgtype: 'm.text', body: text }, transactionId: randomUUID() }, closing.signal);
    const ownId = asString(asRecord(answer)['event_id']) ?? '';
    let said: readonly string[] = [];
    for (let look = 0; look < mostLooks && said.length === 0; look += 1) {
      const before = context.store.events.lastMessageAt(roomId, Date.now() + 60_000)?.eventId;
      said = answersSince(await eventsIn(context, roomId, closing.signal), ownId, bot);
      if (said.length > 0) break;
      // Whatever comes next in this room, or ten seconds.
      await context.untilSynced(() => context.store.events.lastMessageAt(roomId, Date.now() + 60_000)?.eventId !== before);
      if (closing.signal.aborted) throw new BridgeError('cancelled');
    }
    return said;
  };
  const page = async (text: string): Promise<Page> => {
    const said = await say(text);
    const step: DialogStep = {
      state: 'open',
      form: {
        title: null,
        instructions: [],
        fields: [
          { name: '', kind: 'fixed', label: 'bot-answer', isRequired: false, values: said },
          { name: 'line', kind: 'text', label: 'bot-line', isRequired: true, values: [] },
        ],
      },
      notes: said.length === 0 ? [note('warning', 'bridge-bot-silent')] : [],
      actions: ['next'],
    };
    return { step, answer: (values) => page(valueOf(values, 'line')) };
  };
  signal.addEventListener('abort', () => closing.abort(), { once: true });
  return pagedDialog(await page(command), async () => closing.abort());
};
