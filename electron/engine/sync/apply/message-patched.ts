import type { BridgeEvent } from '#bridge';
import { attachments } from '../../store/repositories/attachments.ts';
import { polls } from '../../store/repositories/polls.ts';
import { messageHints } from '../../store/repositories/message-hints.ts';
import { securityEvents } from '../../store/repositories/security-events.ts';
import type { Batch } from '../batch.ts';
import { editText } from '../change-message.ts';
import { checkName, clampTime, InvalidEvent } from '../event-checks.ts';
import { flushIndex } from '../stages/index-text.ts';
import { findTargets } from './late-events.ts';
import { toShield } from './message-shielded.ts';

type MessagePatched = Extract<BridgeEvent, { readonly type: 'message.patched' }>;

/** A correction: only by the author of the message, and never older than the last one. */
export function applyMessagePatched(batch: Batch, event: MessagePatched): void {
  checkName(event.by, 'by');
  const { patch } = event;
  if (patch.text !== undefined && typeof patch.text !== 'string') throw new InvalidEvent('text is no text');
  const found = findTargets(batch, event);
  if (!found) return;
  const author = batch.account.book.find(batch.db, event.by);
  const target = found.messages.find((message) => author !== null && message.senderId === author.id);
  if (!target) {
    securityEvents.add(batch.db, {
      accountId: batch.account.id,
      rule: 'edit-by-other',
      detail: `${event.by} tried to edit ${event.target}`,
      atMs: batch.nowMs,
    });
    return;
  }
  const editedAtMs = clampTime(patch.editedAtMs, batch.nowMs);
  if (target.deletedAtMs !== null || editedAtMs < (target.editedAtMs ?? 0)) return;
  // The same correction again, as pages of history bring it: it must not count as one more.
  if (editedAtMs === target.editedAtMs && Object.keys(patch).every((name) => name === 'editedAtMs' || (name === 'text' && patch.text === target.text))) return;
  if (patch.poll !== undefined) polls.set(batch.db, target.id, patch.poll);
  batch.changes.messagesOf(found.conversation.id).ids.add(target.id);
  // Numbers alone are no correction.
  if (patch.poll !== undefined && (patch.text === undefined || patch.text === target.text)) return;
  flushIndex(batch);
  editText(batch.db, target.id, patch.text ?? target.text, editedAtMs);
  // The words of a correction deserve no more trust than the device they come from.
  if (patch.shield !== undefined) messageHints.setShield(batch.db, target.id, toShield(patch.shield));
  if (patch.attachments !== undefined) {
    batch.changes.removedFileNames.push(...attachments.removeOfMessage(batch.db, target.id));
    attachments.add(batch.db, target.id, patch.attachments);
  }
  batch.changes.messagesOf(found.conversation.id).ids.add(target.id);
  found.conversation.isLastStale ||= found.conversation.lastMessageId === target.id;
  batch.touch(found.conversation);
}
