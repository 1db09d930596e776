/** Generated conversations for looking at the interface without an engine. Seeded: the same every time. */
import type {
  AccountRow,
  AddressId,
  AttachmentId,
  AttachmentRow,
  ConversationId,
  ConversationRow,
  MessageId,
  MessageRow,
  PersonId,
  PersonRow,
} from '#rpc';
import { accountId, bridgeId, networkId } from '#model';

const minuteMs = 60_000;
const dayMs = 86_400_000;

export const accounts: AccountRow[] = [
  { id: accountId(1), bridgeId: bridgeId('xmpp'), network: networkId('xmpp'), address: 'shop@levante.example', displayName: null, label: 'Shop', color: 0, isEnabled: true, state: 'online', fault: null, offlineSinceMs: null, abilities: [] },
  { id: accountId(2), bridgeId: bridgeId('matrix'), network: networkId('matrix'), address: '@support:levante.example', displayName: null, label: 'Support', color: 1, isEnabled: true, state: 'online', fault: null, offlineSinceMs: null, abilities: [] },
  { id: accountId(3), bridgeId: bridgeId('xmpp'), network: networkId('xmpp'), address: 'kontor@tallinn.example', displayName: null, label: null, color: 2, isEnabled: true, state: 'online', fault: null, offlineSinceMs: null, abilities: [] },
];

const people = ['Marta Ruiz', 'Kalev Tamm', 'Support · level 2', 'Jordi Llach', 'Pedidos · Ferretería Sol', 'Dra. Vidal', '#proveedores', 'Liis Saar', 'Ana Belén Ortega', 'Õie Kõiv', 'Tom Baker', '\u202eevil gnp.exe'];
const lines = [
  'Buenos días, ¿podéis mejorar el precio de las 40 unidades?',
  'Arve 2031 on makstud, aitäh!',
  'The router in Murcia is still down, I am handing it to the network people.',
  'Sí, por 40 unidades podemos bajar a 112 € la unidad con entrega en 10 días.',
  'Lo reviso con mi jefe y te digo algo',
  'Kas koosolek on kell 14? Saadan sulle enne kokkuvõtte, et saaksid selle läbi vaadata ja vajadusel parandada.',
  'Perfecto, mándame la oferta firmada y cerramos',
  'See https://example.org/offers/118 for the drawing, and write to ana@example.org if anything is missing.',
  'ok',
  'We can deliver on Thursday.\nTwo pallets, as last time.\nThe driver needs a phone number.',
];

const groups = new Set(['Support · level 2', '#proveedores']);

export const makeConversations = (count: number, nowMs: number): ConversationRow[] =>
  Array.from({ length: count }, (_, index) => {
    const title = people[index] ?? `${people[index % people.length] ?? ''} ${index}`;
    const account = accounts[index % accounts.length]!;
    return {
      id: (index + 1) as ConversationId,
      accountId: account.id,
      network: networkId(index % 5 === 0 ? 'whatsapp' : index % 7 === 3 ? 'telegram' : account.network),
      kind: groups.has(title) ? 'group' : 'direct',
      title,
      security: index === 9 ? 'encrypted' : 'plain',
      membership: index === 11 ? 'requested' : 'joined',
      avatarId: null,
      unreadCount: index < 3 ? index + 1 : 0,
      activeAtMs: nowMs - index * 37 * minuteMs - (index > 7 ? dayMs : 0),
      lastText: lines[(index + 6) % lines.length]!,
      lastSenderName: title,
      lastIsOwn: index % 4 === 3,
      lastKind: index === 5 ? 'deleted' : 'message',
      lastDelivery: index % 4 === 3 ? 'read' : null,
      pushTag: index === 0 || index === 4 ? 'Tryton · Party' : null,
      unpushedCount: index === 0 ? 2 : 0,
      hasDraft: index === 7,
      isMuted: index === 6,
      isPinned: false,
      isDone: index === 4,
      notify: index === 6 ? 'none' : 'all',
    };
  });

const file = (id: number, name: string, mime: string, more: Partial<AttachmentRow> = {}): AttachmentRow => ({
  id: id as AttachmentId,
  name,
  mime,
  sizeBytes: 184_320,
  widthPx: null,
  heightPx: null,
  durationMs: null,
  thumbnail: null,
  waveform: null,
  state: 'ready',
  fault: null,
  ...more,
});

const base = (conversation: ConversationRow, id: number, sentAtMs: number, isOwn: boolean, text: string): MessageRow => ({
  id: id as MessageId,
  conversationId: conversation.id,
  senderId: (isOwn ? null : conversation.id) as AddressId | null,
  senderName: isOwn ? 'Jordi' : conversation.title,
  senderAvatarId: null,
  isOwn,
  kind: 'message',
  text,
  sentAtMs,
  delivery: isOwn ? 'read' : null,
  fault: null,
  editedAtMs: null,
  deletedAtMs: null,
  replyTo: null,
  attachments: [],
  reactions: [],
  isPushed: false,
  push: null,
  hasGapBefore: false,
  happening: null,
  spoiler: null,
  isUnstyled: false,
  isMention: false,
  lifetimeMs: null,
  expiresAtMs: null,
  shield: null,
  thread: null,
  threadId: null,
  poll: null,
});

/** `count` plain messages, and at the end of the first conversation one of every kind. */
export const makeMessages = (conversation: ConversationRow, count: number, nowMs: number): MessageRow[] => {
  const firstId = conversation.id * 1_000_000;
  const rows = Array.from({ length: count }, (_, index) => {
    const seed = (index * 7919 + conversation.id * 31) % 97;
    const sentAtMs = nowMs - (count - index) * 23 * minuteMs;
    return base(conversation, firstId + index, sentAtMs, seed % 3 === 0, lines[seed % lines.length]!);
  });
  if (conversation.id !== 1) return rows;
  const at = (minutes: number): number => nowMs - minutes * minuteMs;
  const show = (offset: number, minutes: number, isOwn: boolean, text: string, more: Partial<MessageRow> = {}): MessageRow => ({
    ...base(conversation, firstId + count + offset, at(minutes), isOwn, text),
    ...more,
  });
  return [
    ...rows,
    show(0, 64, false, 'Buenos días, ¿podéis mejorar el precio de las 40 unidades?', { isPushed: true }),
    show(1, 56, true, 'Sí, por 40 unidades podemos bajar a 112 € la unidad con entrega en 10 días.', {
      isPushed: true,
      editedAtMs: at(55),
      replyTo: { messageId: (firstId + count) as MessageId, senderName: 'Marta Ruiz', excerpt: '¿podéis mejorar el precio de las 40 unidades?' },
    }),
    show(2, 55, true, '', { isPushed: true, attachments: [file(11, 'oferta-2026-118.pdf', 'application/pdf')] }),
    show(3, 54, false, '', { attachments: [file(12, 'plano.png', 'image/png', { widthPx: 640, heightPx: 360 })] }),
    show(4, 53, false, '', {
      kind: 'push',
      push: { pushId: 1 as never, connectionName: 'Tryton', connectorId: 'tryton', targetTitle: 'Hidráulica Levante', messageCount: 4, fileCount: 1, url: 'https://tryton.example/1042', isTakenBack: false },
    }),
    show(5, 30, false, 'Lo reviso con mi jefe y te digo algo', { reactions: [{ emoji: '👍', count: 1, isOwn: true, names: ['Jordi'] }] }),
    show(6, 24, false, 'Look at https://аррӏе.com/login and https://example.org <img src=x onerror=alert(1)> ‮txt.exe'),
    show(7, 23, false, '', { deletedAtMs: at(22) }),
    show(8, 20, true, 'Os mando la oferta ahora.', { delivery: 'delivered' }),
    show(9, 19, true, 'Y el plano.', { delivery: 'failed', fault: { code: 'too-large', limitBytes: 10_000_000 } }),
    show(10, 18, true, 'Hasta mañana', { delivery: 'waiting' }),
    show(11, 3, false, `${'😀'.repeat(30)}`),
    show(12, 2, false, 'Perfecto, mándame la oferta firmada y cerramos'),
  ];
};

export const makePerson = (conversation: ConversationRow): PersonRow => ({
  id: conversation.id as number as PersonId,
  name: conversation.title,
  addresses: [
    { id: 1 as AddressId, network: networkId('whatsapp'), handle: '+34 600 123 456', displayName: null, presence: 'online', statusText: 'Compras · Hidráulica Levante' },
    { id: 2 as AddressId, network: networkId('email'), handle: 'marta@levante.example', displayName: null, presence: 'unknown', statusText: null },
    { id: 3 as AddressId, network: networkId('xmpp'), handle: 'marta@chat.levante.example', displayName: null, presence: 'away', statusText: null },
  ],
});

export const makeAttachment = file;
