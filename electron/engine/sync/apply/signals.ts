import type { BridgeEvent } from '#bridge';
import { securityEvents } from '../../store/repositories/security-events.ts';
import { plainLine } from '../../text/plain-line.ts';
import type { Batch } from '../batch.ts';
import { checkName, clampTime } from '../event-checks.ts';

type Event<Type extends BridgeEvent['type']> = Extract<BridgeEvent, { readonly type: Type }>;

const statusLength = 200;

/** Typing lives in memory: it only rides along to be published after the commit. */
export function applyTyping(batch: Batch, event: Event<'typing'>): void {
  checkName(event.personId, 'personId');
  const conversation = batch.findConversation(event.conversationId);
  const person = batch.account.book.find(batch.db, event.personId);
  if (!conversation || !person || person.isSelf) return;
  batch.changes.typing.push({
    conversationId: conversation.id,
    addressId: person.id,
    isTyping: event.isTyping === true,
  });
}

/** Presence lives in memory too; of people we do not know it is of no interest. */
export function applyPresence(batch: Batch, event: Event<'presence'>): void {
  checkName(event.personId, 'personId');
  const person = batch.account.book.find(batch.db, event.personId);
  if (!person) return;
  batch.changes.presence.push({
    addressId: person.id,
    presence: event.presence,
    statusText: plainLine(event.statusText ?? '', statusLength) || null,
    idleSinceMs: event.idleSinceMs === undefined ? null : clampTime(event.idleSinceMs, batch.nowMs),
    lastSeenMs: event.lastSeenMs === undefined ? null : clampTime(event.lastSeenMs, batch.nowMs),
  });
}

export function applyState(batch: Batch, event: Event<'state'>): void {
  batch.changes.states.push({ connection: event.connection, fault: event.fault ?? null });
}

export function applyEncryptionChanged(batch: Batch): void {
  batch.changes.hasEncryptionChanges = true;
}

export function applyImporting(batch: Batch, event: Event<'encryption.importing'>): void {
  const { doneCount, totalCount } = event;
  if (Number.isSafeInteger(doneCount) && Number.isSafeInteger(totalCount)) batch.changes.keyImport = { doneCount, totalCount };
}

/** Lives as long as the other side waits; nothing of it is stored. */
export function applyVerification(batch: Batch, event: Event<'verification.requested'>): void {
  checkName(event.personId, 'personId');
  checkName(event.requestId, 'requestId');
  const person = batch.account.book.find(batch.db, event.personId);
  batch.changes.verifications.push({
    requestId: event.requestId,
    address: plainLine(person?.handle ?? event.personId, statusLength),
    isSelf: person?.isSelf ?? false,
    deviceId: event.deviceId === null ? null : plainLine(event.deviceId, statusLength),
    isOpen: event.isOpen === true,
  });
}

/** Lives as long as their server waits; nothing of it is stored. */
export function applyHeld(batch: Batch, event: Event<'held.changed'>): void {
  checkName(event.requestId, 'requestId');
  checkName(event.address, 'address');
  batch.changes.held.push({
    requestId: event.requestId,
    address: plainLine(event.address, statusLength),
    what: event.what === 'message' ? 'message' : 'contact-request',
    isOpen: event.isOpen === true,
  });
}

export function applySecurity(batch: Batch, event: Event<'security'>): void {
  securityEvents.add(batch.db, {
    accountId: batch.account.id,
    rule: String(event.rule),
    detail: String(event.detail),
    atMs: batch.nowMs,
  });
}
