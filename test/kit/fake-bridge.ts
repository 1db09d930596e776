import { writeFile } from 'node:fs/promises';
import {
  BridgeError,
  type BridgeAccount,
  type BridgeDefinition,
  type BridgeEvent,
  type BridgeFault,
  type BridgeHost,
  type BridgeSession,
  type HistoryPage,
  type Json,
  type LoginValues,
  type SendControl,
  type ServiceAbility,
} from '#bridge';
import {
  bridgeId,
  networkId,
  remoteConversationId,
  remoteMessageId,
  remotePersonId,
  type ConversationCapabilities,
  type OutgoingMessage,
  type RemoteAvatar,
  type RemoteConversationId,
  type RemoteMessage,
} from '#model';
import { createFakePeople } from './fake-people.ts';
import { createFakeFolderKeeping } from './fake-folders.ts';
import { createFakeRooms } from './fake-rooms.ts';
import { createFakeServices, createFakeSignUp } from './fake-dialogs.ts';

export const self = remotePersonId('self');
export const friend = remotePersonId('friend');

export const allCapabilities: ConversationCapabilities = {
  canSend: true,
  canReply: true,
  canReact: true,
  canEdit: true,
  canDelete: true,
  canSendFiles: true,
  showsDelivery: true,
  showsRead: true,
  showsTyping: true,
  canLoadOlder: true,
  canThread: true,
  canPin: true,
  canVote: true,
  canMakePolls: true,
};

/** One opened session, with everything that was asked of it. */
export interface FakeSession {
  readonly account: BridgeAccount;
  readonly savedState: Json | null;
  readonly host: BridgeHost;
  readonly calls: { readonly name: string; readonly args: readonly unknown[] }[];
  isStopped: boolean;
}

export interface FakeBridge extends BridgeDefinition {
  readonly sessions: FakeSession[];
  readonly logins: LoginValues[];
  readonly logouts: string[];
  /** The session that runs now. @throws when none does */
  current(): FakeSession;
  /** Says something as the network of the running session. */
  say(...events: readonly BridgeEvent[]): Promise<void>;
}

/** What a test makes the network do; every part has a friendly default. */
export interface FakeBehaviour {
  login?: (values: LoginValues, signal: AbortSignal) => Promise<{ secrets?: Record<string, string>; settings?: Record<string, Json>; address?: string }>;
  open?: () => void;
  start?: (session: FakeSession) => Promise<void>;
  stop?: () => Promise<void>;
  logout?: () => Promise<void>;
  /** May answer the network's own time of the message. */
  send?: (message: OutgoingMessage, session: FakeSession) => Promise<number | void>;
  /** Before a message goes out. */
  upload?: (message: OutgoingMessage, control: SendControl) => Promise<void>;
  edit?: () => Promise<void>;
  vote?: () => Promise<void>;
  delete?: () => Promise<void>;
  markRead?: () => Promise<void>;
  react?: () => Promise<void>;
  loadOlder?: (session: FakeSession, cursor: string | null) => Promise<HistoryPage>;
  loadMessage?: (id: string) => Promise<void>;
  loadThread?: (root: string, cursor: string | null) => Promise<HistoryPage>;
  downloadAvatar?: (avatar: RemoteAvatar, path: string) => Promise<void>;
  download?: (path: string, maxBytes: number) => Promise<void>;
  capabilities?: Partial<ConversationCapabilities>;
  startConversation?: (address: string) => Promise<RemoteConversationId>;
  services?: ServiceAbility;
}

export const conversationEvents = (name: string): BridgeEvent[] => [
  { type: 'person.upserted', person: { remoteId: self, displayName: 'Me', handle: 'me@fake', isSelf: true } },
  { type: 'person.upserted', person: { remoteId: friend, displayName: 'Friend', handle: 'friend@fake' } },
  {
    type: 'conversation.upserted',
    conversation: {
      remoteId: remoteConversationId(name),
      kind: 'direct',
      title: name,
      security: 'plain',
      membership: 'joined',
      peerId: friend,
    },
  },
];

/** A room with one friend in it who has said something. */
export const roomEvents = (name: string, atMs: number): BridgeEvent[] => {
  const conversationId = remoteConversationId(name);
  return [
    { type: 'conversation.upserted', conversation: { remoteId: conversationId, kind: 'group', title: name, security: 'plain', membership: 'joined' } },
    { type: 'participant.upserted', conversationId, personId: friend, role: 'member' },
    messageEvent(name, `${name}-1`, 'Hello room', atMs),
  ];
};

export const messageEvent = (
  conversation: string,
  id: string,
  text: string,
  sentAtMs: number,
  more: Partial<RemoteMessage> = {},
  origin: 'live' | 'catchup' | 'history' = 'live',
): BridgeEvent => ({
  type: 'message.upserted',
  origin,
  message: {
    conversationId: remoteConversationId(conversation),
    remoteId: remoteMessageId(id),
    senderId: friend,
    isOwn: false,
    kind: 'message',
    text,
    sentAtMs,
    ...more,
  },
});

export const stateEvent = (connection: 'online' | 'offline' | 'connecting' | 'needs-login', fault?: BridgeFault): BridgeEvent => ({
  type: 'state',
  connection,
  fault,
});

/** A network inside the test: says what it is told to say and remembers what it is asked. */
export const createFakeBridge = (behaviour: FakeBehaviour = {}): FakeBridge => {
  const sessions: FakeSession[] = [];
  const logins: LoginValues[] = [];
  const logouts: string[] = [];

  const current = (): FakeSession => {
    const running = sessions.findLast((session) => !session.isStopped);
    if (running === undefined) throw new Error('no session runs');
    return running;
  };

  const open = (account: BridgeAccount, savedState: Json | null, host: BridgeHost): BridgeSession => {
    behaviour.open?.();
    const session: FakeSession = { account, savedState, host, calls: [], isStopped: false };
    sessions.push(session);
    const note = (name: string, ...args: readonly unknown[]): void => void session.calls.push({ name, args });
    return {
      start: async () => {
        if (behaviour.start) await behaviour.start(session);
        else await host.emit([stateEvent('online')]);
      },
      stop: async () => {
        session.isStopped = true;
        await behaviour.stop?.();
      },
      reconnect: () => note('reconnect'),
      send: async (message, control) => {
        note('send', message);
        await behaviour.upload?.(message, control ?? {});
        const sentAtMs = (await behaviour.send?.(message, session)) ?? message.writtenAtMs;
        return { remoteId: remoteMessageId(`r-${message.transactionId}`), sentAtMs };
      },
      loadConversation: async (remoteId) => ({ remoteId, kind: 'direct', title: null, security: 'plain', membership: 'joined' }),
      loadPerson: async (remoteId) => ({ remoteId, displayName: null, handle: remoteId }),
      capabilities: () => ({ ...allCapabilities, ...behaviour.capabilities }),
      history: {
        loadOlder: async (_id, cursor) => {
          note('loadOlder', cursor);
          return (await behaviour.loadOlder?.(session, cursor)) ?? { messageCount: 0, hasMore: false, cursor: null };
        },
        loadMessage: async (id, messageId) => {
          note('loadMessage', id, messageId);
          if (behaviour.loadMessage === undefined) throw new BridgeError('not-found');
          await behaviour.loadMessage(messageId);
        },
      },
      edits: {
        edit: async (target, text, id, hints) => {
          note('edit', target, text, id, hints);
          await behaviour.edit?.();
        },
        delete: async (target, id) => {
          note('delete', target, id);
          await behaviour.delete?.();
        },
      },
      reactions: {
        react: async (target, emojis, id) => {
          note('react', target, emojis, id);
          await behaviour.react?.();
        },
      },
      receipts: {
        markRead: async (target, isShared, isSharedInRooms, within) => {
          note('markRead', target, isShared, isSharedInRooms, ...(within === undefined ? [] : [within]));
          await behaviour.markRead?.();
        },
      },
      threads: {
        loadOlder: async (_id, root, cursor) => {
          note('loadThread', root, cursor);
          return (await behaviour.loadThread?.(root, cursor)) ?? { messageCount: 0, hasMore: false, cursor: null };
        },
      },
      polls: {
        vote: async (target, choices, id) => {
          note('vote', target, choices, id);
          await behaviour.vote?.();
        },
        end: async (target) => note('endPoll', target),
        create: async (id, poll) => note('createPoll', id, poll),
      },
      pins: {
        pin: async (target) => note('pin', target),
        unpin: async (target) => note('unpin', target),
        pinned: async () => [],
      },
      plainText: { allowPlain: (id) => note('allowPlain', id), forbidPlain: (id) => note('forbidPlain', id) },
      archiveRule: {
        load: async () => 'always',
        save: async (rule) => {
          note('saveArchiveRule', rule);
          return rule;
        },
      },
      typing: { setTyping: async (id, isTyping) => note('setTyping', id, isTyping) },
      attachments: {
        download: async (attachment, path, maxBytes) => {
          note('download', attachment);
          if (behaviour.download) await behaviour.download(path, maxBytes);
          else await writeFile(path, 'hello', { flag: 'wx' });
        },
      },
      directory: {
        startConversation: async (address) => {
          note('startConversation', address);
          if (behaviour.startConversation) return behaviour.startConversation(address);
          throw new BridgeError('wrong-address');
        },
      },
      ...(behaviour.downloadAvatar === undefined ? {} : { avatars: { download: behaviour.downloadAvatar } }),
      ...createFakePeople(note, (events) => host.emit(events)),
      folders: { browse: async () => ({ entries: [], next: null }), join: async (address) => note('folders.join', address) },
      folderKeeping: createFakeFolderKeeping(note),
      services: behaviour.services ?? createFakeServices(),
      rooms: createFakeRooms(note, async (id) => host.emit([{ type: 'conversation.upserted', conversation: { remoteId: id, kind: 'group', title: id, security: 'plain', membership: 'joined' } }])),
      diagnostics: {
        report: async () => [{ id: 'connection', facts: [{ id: 'state', value: 'online', tone: 'good' }] }],
        watch: (listener) => {
          note('watch');
          listener([{ atMs: 1, direction: 'in', kind: 'message', text: '<message/>' }]);
          return () => note('unwatch');
        },
        sendRaw: async (text) => note('sendRaw', text),
      },
      membership: {
        accept: async (id) => note('accept', id),
        leave: async (id) => note('leave', id),
      },
    };
  };

  return {
    id: bridgeId('fake'),
    name: 'Fake',
    network: networkId('fake'),
    loginFlows: [
      {
        id: 'password',
        fields: [
          { name: 'address', kind: 'address', isRequired: true, isAdvanced: false },
          { name: 'password', kind: 'password', isRequired: true, isAdvanced: false },
          { name: 'port', kind: 'port', isRequired: false, isAdvanced: true },
        ],
      },
    ],
    login: async (_flowId, values, signal) => {
      logins.push(values);
      const result = await behaviour.login?.(values, signal);
      return {
        address: result?.address ?? values['address'] ?? '',
        displayName: null,
        secrets: result?.secrets ?? { password: values['password'] ?? '' },
        settings: result?.settings ?? {},
      };
    },
    open,
    signUp: async () => createFakeSignUp(),
    signInOnWeb: async () => createFakeSignUp(),
    logout: async (account) => {
      logouts.push(account.address);
      await behaviour.logout?.();
    },
    sessions,
    logins,
    logouts,
    current,
    say: async (...events) => current().host.emit(events),
  };
};
