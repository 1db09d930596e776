import type { BridgeEvent, RemoteContact } from '#bridge';
import { remoteMessageId, type RemoteMessage, type RemotePersonId } from '#model';
import type { DemoConversation, DemoLine } from './conversations.ts';
import { demoAttachment } from './files.ts';
import { people, self, type DemoPerson } from './people.ts';

const lineId = (conversation: DemoConversation, index: number) => remoteMessageId(`${conversation.id}/line-${index}`);
const senderId = (line: DemoLine): RemotePersonId => (line.from === 'self' ? self.id : line.from.id);

const personEvent = (person: DemoPerson): BridgeEvent => ({
  type: 'person.upserted',
  person: {
    remoteId: person.id,
    displayName: person.name,
    handle: person.handle,
    identifiers: [
      ...(person.email ? [{ kind: 'email' as const, value: person.email }] : []),
      ...(person.phone ? [{ kind: 'phone' as const, value: person.phone }] : []),
    ],
  },
});

const lineMessage = (conversation: DemoConversation, line: DemoLine, index: number, sinceMs: number): RemoteMessage => {
  const sentAtMs = sinceMs - line.minutesAgo * 60_000;
  const original = line.repliesTo === undefined ? undefined : conversation.lines[line.repliesTo];
  return {
    conversationId: conversation.id,
    remoteId: lineId(conversation, index),
    senderId: senderId(line),
    isOwn: line.from === 'self',
    kind: 'message',
    text: line.text,
    sentAtMs,
    attachments: line.file ? [demoAttachment(line.file)] : undefined,
    replyTo:
      original && line.repliesTo !== undefined
        ? { remoteId: lineId(conversation, line.repliesTo), senderId: senderId(original), excerpt: original.text }
        : undefined,
    editedAtMs: line.isEdited ? sentAtMs + 60_000 : undefined,
    deletedAtMs: line.isDeleted ? sentAtMs + 30_000 : undefined,
    delivery: line.from === 'self' ? 'read' : undefined,
  };
};

const conversationEvents = (conversation: DemoConversation, sinceMs: number): BridgeEvent[] => {
  const peer = conversation.kind === 'direct' ? conversation.members[0] : undefined;
  const events: BridgeEvent[] = [
    {
      type: 'conversation.upserted',
      conversation: {
        remoteId: conversation.id,
        kind: conversation.kind,
        title: conversation.title,
        security: 'plain',
        membership: 'joined',
        peerId: peer?.id,
      },
    },
    ...conversation.members.map(
      (member): BridgeEvent => ({
        type: 'participant.upserted',
        conversationId: conversation.id,
        personId: member.id,
      }),
    ),
  ];
  const firstUnread = conversation.lines.length - conversation.unreadCount;
  conversation.lines.forEach((line, index) => {
    // This network keeps no count of its own: what is caught up counts as unread, history does not.
    const origin = index >= firstUnread ? 'catchup' : 'history';
    events.push({ type: 'message.upserted', message: lineMessage(conversation, line, index, sinceMs), origin });
    if (line.reaction) {
      events.push({
        type: 'reactions.replaced',
        conversationId: conversation.id,
        target: lineId(conversation, index),
        personId: line.reaction.by.id,
        emojis: [line.reaction.emoji],
      });
    }
  });
  return events;
};

const groupOf = { es: 'España', en: 'Partners', et: 'Eesti' } as const;
const contactOf = ({ id, language }: DemoPerson): RemoteContact => ({ personId: id, name: null, groups: [groupOf[language]], bond: 'mutual' });

/** Everything the network "already had" when the account was added. Repeating it changes nothing. */
export const firstSync = (conversations: readonly DemoConversation[], sinceMs: number): readonly BridgeEvent[] => [
  {
    type: 'person.upserted',
    person: { remoteId: self.id, displayName: self.name, handle: self.handle, isSelf: true },
  },
  ...Object.values(people).map(personEvent),
  { type: 'contacts.replaced', contacts: Object.values(people).map(contactOf) },
  ...conversations.flatMap((conversation) => conversationEvents(conversation, sinceMs)),
];

export const presenceOfAll = (): readonly BridgeEvent[] =>
  Object.values(people).map((person, index) => ({
    type: 'presence',
    personId: person.id,
    presence: index % 3 === 2 ? 'away' : 'online',
  }));
