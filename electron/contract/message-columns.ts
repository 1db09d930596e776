/**
 * Messages as columns, and back: the same columns as those of `toColumns`, in a third of the time. Properties that are
 * written out let V8 read and write them without looking for them. A new property of a message travels by itself; the type
 * check asks for its line in `fromMessageColumns`.
 */
import { listOf, toColumn, toColumns, type Column, type Columns } from './columns.ts';
import { messageKeys, type MessageRow } from './rows.ts';

type Columned = { -readonly [Key in keyof MessageRow]: Column<MessageRow[Key]> };
/** Those that differ from row to row in nearly every page. */
type Differing = 'id' | 'conversationId' | 'senderId' | 'senderName' | 'isOwn' | 'text' | 'sentAtMs' | 'delivery';
type Lists = { readonly [Key in Differing]: MessageRow[Key][] };

/** What is sent of a page of messages. */
export const toMessageColumns = (rows: readonly MessageRow[]): Columns<MessageRow> => {
  const [first] = rows;
  if (first === undefined) return toColumns(rows, messageKeys);
  const all = <Value>(value: Value): Value[] => Array<Value>(rows.length).fill(value);
  const lists: Lists = {
    ...{ id: all(first.id), conversationId: all(first.conversationId), senderId: all(first.senderId), senderName: all(first.senderName) },
    ...{ isOwn: all(first.isOwn), text: all(first.text), sentAtMs: all(first.sentAtMs), delivery: all(first.delivery) },
  };
  const varies = walk(rows, first, lists);
  const columns: Partial<Record<keyof MessageRow, unknown>> = {};
  for (const key of messageKeys) {
    if (key in lists) columns[key] = toColumn<unknown>(lists[key as Differing]);
    else columns[key] = varies[key] === false ? [first[key]] : toColumn<unknown>(rows.map((row) => row[key]));
  }
  return { length: rows.length, columns: columns as Columned };
};

/**
 * The messages again. Each is one literal with all properties written out, from lists in variables of their own: V8 then
 * makes it at its full size at once, where copying a common row and changing it takes three times as long.
 */
export const fromMessageColumns = ({ length, columns }: Columns<MessageRow>): MessageRow[] => {
  const id = listOf(columns.id);
  const conversationId = listOf(columns.conversationId);
  const senderId = listOf(columns.senderId);
  const senderName = listOf(columns.senderName);
  const senderAvatarId = listOf(columns.senderAvatarId);
  const isOwn = listOf(columns.isOwn);
  const kind = listOf(columns.kind);
  const text = listOf(columns.text);
  const sentAtMs = listOf(columns.sentAtMs);
  const delivery = listOf(columns.delivery);
  const fault = listOf(columns.fault);
  const editedAtMs = listOf(columns.editedAtMs);
  const deletedAtMs = listOf(columns.deletedAtMs);
  const replyTo = listOf(columns.replyTo);
  const attachments = listOf(columns.attachments);
  const reactions = listOf(columns.reactions);
  const isPushed = listOf(columns.isPushed);
  const push = listOf(columns.push);
  const hasGapBefore = listOf(columns.hasGapBefore);
  const spoiler = listOf(columns.spoiler);
  const isUnstyled = listOf(columns.isUnstyled);
  const isMention = listOf(columns.isMention);
  const lifetimeMs = listOf(columns.lifetimeMs);
  const expiresAtMs = listOf(columns.expiresAtMs);
  const shield = listOf(columns.shield);
  const happening = listOf(columns.happening);
  const thread = listOf(columns.thread);
  const threadId = listOf(columns.threadId);
  const poll = listOf(columns.poll);
  const rows: MessageRow[] = [];
  for (let index = 0; index < length; index += 1) {
    rows.push({
      id: at(id, index),
      conversationId: at(conversationId, index),
      senderId: at(senderId, index),
      senderName: at(senderName, index),
      senderAvatarId: at(senderAvatarId, index),
      isOwn: at(isOwn, index),
      kind: at(kind, index),
      text: at(text, index),
      sentAtMs: at(sentAtMs, index),
      delivery: at(delivery, index),
      fault: at(fault, index),
      editedAtMs: at(editedAtMs, index),
      deletedAtMs: at(deletedAtMs, index),
      replyTo: at(replyTo, index),
      attachments: at(attachments, index),
      reactions: at(reactions, index),
      isPushed: at(isPushed, index),
      push: at(push, index),
      hasGapBefore: at(hasGapBefore, index),
      spoiler: at(spoiler, index),
      isUnstyled: at(isUnstyled, index),
      isMention: at(isMention, index),
      lifetimeMs: at(lifetimeMs, index),
      expiresAtMs: at(expiresAtMs, index),
      shield: at(shield, index),
      happening: at(happening, index),
      thread: at(thread, index),
      threadId: at(threadId, index),
      poll: at(poll, index),
    });
  }
  return rows;
};

/** One value stands for all rows. */
const at = <Value>(list: readonly Value[], index: number): Value => list[list.length === 1 ? 0 : index] as Value;

/**
 * Fills the lists, which hold the first row's values till then: setting takes a third of the time of pushing. Tells which
 * of the other properties are not alike in all rows.
 */
const walk = (rows: readonly MessageRow[], first: MessageRow, lists: Lists): Partial<Record<keyof MessageRow, boolean>> => {
  const { id, conversationId, senderId, senderName, isOwn, text, sentAtMs, delivery } = lists;
  const varies = {
    ...{ senderAvatarId: false, kind: false, fault: false, editedAtMs: false, deletedAtMs: false, replyTo: false },
    ...{ attachments: first.attachments.length > 0, reactions: first.reactions.length > 0, isPushed: false, push: false },
    ...{ hasGapBefore: false, spoiler: false, isUnstyled: false, isMention: false, lifetimeMs: false, expiresAtMs: false },
    ...{ shield: false, happening: false, thread: false, threadId: false, poll: false },
  };
  for (let index = 1; index < rows.length; index += 1) {
    const row = rows[index] as MessageRow;
    id[index] = row.id;
    conversationId[index] = row.conversationId;
    senderId[index] = row.senderId;
    senderName[index] = row.senderName;
    isOwn[index] = row.isOwn;
    text[index] = row.text;
    sentAtMs[index] = row.sentAtMs;
    delivery[index] = row.delivery;
    if (row.senderAvatarId !== first.senderAvatarId) varies.senderAvatarId = true;
    if (row.kind !== first.kind) varies.kind = true;
    if (row.fault !== first.fault) varies.fault = true;
    if (row.editedAtMs !== first.editedAtMs) varies.editedAtMs = true;
    if (row.deletedAtMs !== first.deletedAtMs) varies.deletedAtMs = true;
    if (row.replyTo !== first.replyTo) varies.replyTo = true;
    if (row.attachments.length > 0) varies.attachments = true;
    if (row.reactions.length > 0) varies.reactions = true;
    if (row.isPushed !== first.isPushed) varies.isPushed = true;
    if (row.push !== first.push) varies.push = true;
    if (row.hasGapBefore !== first.hasGapBefore) varies.hasGapBefore = true;
    if (row.spoiler !== first.spoiler) varies.spoiler = true;
    if (row.isUnstyled !== first.isUnstyled) varies.isUnstyled = true;
    if (row.isMention !== first.isMention) varies.isMention = true;
    if (row.lifetimeMs !== first.lifetimeMs) varies.lifetimeMs = true;
    if (row.expiresAtMs !== first.expiresAtMs) varies.expiresAtMs = true;
    if (row.shield !== first.shield) varies.shield = true;
    if (row.happening !== first.happening) varies.happening = true;
    if (row.thread !== first.thread) varies.thread = true;
    if (row.threadId !== first.threadId) varies.threadId = true;
    if (row.poll !== first.poll) varies.poll = true;
  }
  return varies;
};
