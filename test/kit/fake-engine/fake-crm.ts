/** A CRM that only exists on the screen. */
import type { ConnectionId, ConnectionRow, ConnectorInfo, ConversationId, CrmSummary, PushPreview, PushRow } from '#rpc';

export const connectors: ConnectorInfo[] = [
  { id: 'tryton', name: 'Tryton', verifiedAgainst: 'real-server', recordKinds: ['party'], canTakeBack: { notes: true, files: true }, fields: [
    { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://tryton.example' },
    { name: 'database', kind: 'text', isRequired: true, isAdvanced: false },
    { name: 'user', kind: 'text', isRequired: true, isAdvanced: false },
    { name: 'password', kind: 'password', isRequired: true, isAdvanced: false },
    { name: 'lead', kind: 'checkbox', isRequired: false, isAdvanced: true },
  ] },
  { id: 'rt', name: 'Request Tracker', verifiedAgainst: 'real-server', recordKinds: ['ticket'], canTakeBack: { notes: false, files: false }, fields: [{ name: 'url', kind: 'url', isRequired: true, isAdvanced: false }] },
  { id: 'file-folder', name: 'Folder on this computer', verifiedAgainst: 'real-server', recordKinds: ['page'], canTakeBack: { notes: true, files: true }, fields: [{ name: 'folder', kind: 'folder', isRequired: true, isAdvanced: false }] },
];

export const tryton: ConnectionRow = { id: 1 as ConnectionId, connectorId: 'tryton', name: 'Tryton', isDefault: true, isOneClick: false, state: 'ready', fault: null };

export const makePreview = (conversationId: number): PushPreview => ({
  planId: 'plan-1',
  connectionId: tryton.id,
  connectionName: 'Tryton',
  conversationId: conversationId as ConversationId,
  suggestedKey: 'party-1042',
  options: [
    { key: 'party-1042', action: 'use', recordKind: 'party', title: 'Hidráulica Levante · Marta Ruiz', subtitle: 'Party 1042 · last note 12 Nov by Liis', reason: 'same-phone', reasonValue: '+34 600 123 456', url: null },
    { key: 'party-877', action: 'use', recordKind: 'party', title: 'Marta Ruiz Soler', subtitle: 'Party 877 · Valencia', reason: 'name-only', reasonValue: null, url: null },
    { key: 'new', action: 'create', recordKind: 'party', title: 'Marta Ruiz', subtitle: 'Name and number filled from this chat; nothing overwritten', reason: 'none-found', reasonValue: null, url: null },
  ],
  parts: [{ bodySha256: 'a', text: '22 Nov 2026 · WhatsApp · Marta Ruiz with Jordi Llach\n10:21 Marta  Buenos días, ¿podéis mejorar el precio …\n10:29 Jordi  Sí, por 40 unidades podemos bajar a 112 €\n10:34 Marta  Lo reviso con mi jefe y te digo algo\n10:42 Marta  Perfecto, mándame la oferta firmada' }],
  files: [
    { attachmentId: 11 as never, name: 'oferta-2026-118.pdf', sizeBytes: 184_320, problem: null },
    { attachmentId: 12 as never, name: 'video.mp4', sizeBytes: 90_000_000, problem: { code: 'too-large', limitBytes: 50_000_000 } },
  ],
  newMessageCount: 4,
  pushedMessageCount: 0,
  fromId: null,
  untilId: null,
  sideEffects: [],
  fault: null,
  plannedAtMs: Date.now(),
});

export const makePush = (conversationId: number, state: PushRow['state']): PushRow => ({
  id: (conversationId * 10 + 1) as never,
  connectionId: tryton.id,
  connectionName: 'Tryton',
  connectorId: 'tryton',
  conversationId: conversationId as ConversationId,
  conversationTitle: 'Marta Ruiz',
  state,
  targetTitle: 'Hidráulica Levante',
  messageCount: 4,
  fileCount: 1,
  url: state === 'done' ? 'https://tryton.example/1042' : null,
  fault: state === 'needs-you' ? { code: 'needs-login' } : null,
  attempts: 1,
  nextAttemptAtMs: null,
  createdAtMs: Date.now() - 60_000,
  doneAtMs: state === 'done' ? Date.now() : null,
  undoUntilMs: state === 'undoable' ? Date.now() + 10_000 : null,
  isTakenBack: false,
});

export const makeSummary = (hasConnection: boolean): CrmSummary[] =>
  hasConnection
    ? [{ connectionId: tryton.id, connectionName: 'Tryton', connectorId: 'tryton', targetTitle: 'Hidráulica Levante', url: 'https://tryton.example/1042', pushedMessageCount: 4, pushedFileCount: 1, unpushedMessageCount: 2, unpushedFileCount: 0, lastPushedAtMs: Date.now() - 3_000_000, canPushAtOnce: true, openPush: null }]
    : [];
