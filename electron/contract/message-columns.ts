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
  const id = listed(columns.id, length);
  const conversationId = listed(columns.conversationId, length);
  const senderId = listed(columns.senderId, length);
  const senderName = listed(columns.senderName, length);
  const senderAvatarId = listed(columns.senderAvatarId, length);
  const isOwn = listed(columns.isOwn, length);
  const kind = listed(columns.kind, length);
  const text = listed(columns.text, length);
  const sentAtMs = listed(columns.sentAtMs, length);
  const delivery = listed(columns.delivery, length);
  const fault = listed(columns.fault, length);
  const editedAtMs = listed(columns.editedAtMs, length);
  const deletedAtMs = listed(columns.deletedAtMs, length);
  const replyTo = listed(columns.replyTo, length);
  const attachments = listed(columns.attachments, length);
  const reactions = listed(columns.reactions, length);
  const isPushed = listed(columns.isPushed, length);
  const push = listed(columns.push, length);
  const hasGapBefore = listed(columns.hasGapBefore, length);
  const spoiler = listed(columns.spoiler, length);
  const isUnstyled = listed(columns.isUnstyled, length);
  const isMention = listed(columns.isMention, length);
  const lifetimeMs = listed(columns.lifetimeMs, length);
  const expiresAtMs = listed(columns.expiresAtMs, length);
  const shield = listed(columns.shield, length);
  const happening = listed(columns.happening, length);
  const thread = listed(columns.thread, length);
  const threadId = listed(columns.threadId, length);
  const poll = listed(columns.poll, length);
  const rows: MessageRow[] = [];
  for (let index = 0; index < length; index += 1) {
    rows.push({
      id: id[index] as MessageRow['id'],
      conversationId: conversationId[index] as MessageRow['conversationId'],
      senderId: senderId[index] as MessageRow['senderId'],
      senderName: senderName[index] as MessageRow['senderName'],
      senderAvatarId: senderAvatarId[index] as MessageRow['senderAvatarId'],
      isOwn: isOwn[index] as MessageRow['isOwn'],
      kind: kind[index] as MessageRow['kind'],
      text: text[index] as MessageRow['text'],
      sentAtMs: sentAtMs[index] as MessageRow['sentAtMs'],
      delivery: delivery[index] as MessageRow['delivery'],
      fault: fault[index] as MessageRow['fault'],
      editedAtMs: editedAtMs[index] as MessageRow['editedAtMs'],
      deletedAtMs: deletedAtMs[index] as MessageRow['deletedAtMs'],
      replyTo: replyTo[index] as MessageRow['replyTo'],
      attachments: attachments[index] as MessageRow['attachments'],
      reactions: reactions[index] as MessageRow['reactions'],
      isPushed: isPushed[index] as MessageRow['isPushed'],
      push: push[index] as MessageRow['push'],
      hasGapBefore: hasGapBefore[index] as MessageRow['hasGapBefore'],
      spoiler: spoiler[index] as MessageRow['spoiler'],
      isUnstyled: isUnstyled[index] as MessageRow['isUnstyled'],
      isMention: isMention[index] as MessageRow['isMention'],
      lifetimeMs: lifetimeMs[index] as MessageRow['lifetimeMs'],
      expiresAtMs: expiresAtMs[index] as MessageRow['expiresAtMs'],
      shield: shield[index] as MessageRow['shield'],
      happening: happening[index] as MessageRow['happening'],
      thread: thread[index] as MessageRow['thread'],
      threadId: threadId[index] as MessageRow['threadId'],
      poll: poll[index] as MessageRow['poll'],
    });
  }
  return rows;
};

const listed = <Value>(column: Column<Value>, length: number): readonly Value[] => {
  const list = listOf(column);
  return list.length === 1 && length > 1 ? Array<Value>(length).fill(list[0] as Value) : list;
};

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
