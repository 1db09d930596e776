/**
 * Messages as columns, and back: the same columns as those of `toColumns`, in a third of the time. Properties that are
 * written out let V8 read and write them without looking for them. What is not written out here travels all the same.
 */
import { fromColumns, listOf, toColumn, toColumns, type Column, type Columns } from './columns.ts';
import { messageKeys, type MessageRow } from './rows.ts';

type Columned = { -readonly [Key in keyof MessageRow]: Column<MessageRow[Key]> };
type Written = { -readonly [Key in keyof MessageRow]: MessageRow[Key] };
/** Those that differ from row to row in nearly every page. */
type Differing = 'id' | 'conversationId' | 'senderId' | 'senderName' | 'isOwn' | 'text' | 'sentAtMs' | 'delivery';
type Lists = { readonly [Key in Differing]: MessageRow[Key][] };

/** What is sent of a page of messages. */
export const toMessageColumns = (rows: readonly MessageRow[]): Columns<MessageRow> => {
  const [first] = rows;
  if (first === undefined) return toColumns(rows, messageKeys);
  const lists: Lists = { id: [], conversationId: [], senderId: [], senderName: [], isOwn: [], text: [], sentAtMs: [], delivery: [] };
  const varies = walk(rows, first, lists);
  const columns: Partial<Record<keyof MessageRow, unknown>> = {};
  for (const key of messageKeys) {
    if (key in lists) columns[key] = toColumn<unknown>(lists[key as Differing]);
    else columns[key] = varies[key] === false ? [first[key]] : toColumn<unknown>(rows.map((row) => row[key]));
  }
  return { length: rows.length, columns: columns as Columned };
};

/** The messages again. */
export const fromMessageColumns = ({ length, columns }: Columns<MessageRow>): MessageRow[] => {
  const [id, conversationId, senderId] = [listed(columns.id, length), listed(columns.conversationId, length), listed(columns.senderId, length)];
  const [senderName, isOwn, text] = [listed(columns.senderName, length), listed(columns.isOwn, length), listed(columns.text, length)];
  const [sentAtMs, delivery] = [listed(columns.sentAtMs, length), listed(columns.delivery, length)];
  const firsts = {
    ...{ id: id.slice(0, 1), conversationId: conversationId.slice(0, 1), senderId: senderId.slice(0, 1) },
    ...{ senderName: senderName.slice(0, 1), isOwn: isOwn.slice(0, 1), text: text.slice(0, 1) },
    ...{ sentAtMs: sentAtMs.slice(0, 1), delivery: delivery.slice(0, 1) },
  };
  const rows = fromColumns<MessageRow>({ length, columns: { ...columns, ...firsts } });
  for (let index = 1; index < length; index += 1) {
    const row = rows[index] as Written;
    row.id = id[index] as MessageRow['id'];
    row.conversationId = conversationId[index] as MessageRow['conversationId'];
    row.senderId = senderId[index] as MessageRow['senderId'];
    row.senderName = senderName[index] as string;
    row.isOwn = isOwn[index] as boolean;
    row.text = text[index] as string;
    row.sentAtMs = sentAtMs[index] as number;
    row.delivery = delivery[index] as MessageRow['delivery'];
  }
  return rows;
};

const listed = <Value>(column: Column<Value>, length: number): readonly Value[] => {
  const list = listOf(column);
  return list.length === 1 ? Array.from({ length }, () => list[0] as Value) : list;
};

/** Fills the lists, and tells which of the other properties are not alike in all rows. */
const walk = (rows: readonly MessageRow[], first: MessageRow, lists: Lists): Partial<Record<keyof MessageRow, boolean>> => {
  const { id, conversationId, senderId, senderName, isOwn, text, sentAtMs, delivery } = lists;
  const varies = {
    ...{ senderAvatarId: false, kind: false, fault: false, editedAtMs: false, deletedAtMs: false, replyTo: false, attachments: false, reactions: false, isPushed: false },
    ...{ push: false, hasGapBefore: false, spoiler: false, isUnstyled: false, isMention: false, lifetimeMs: false, expiresAtMs: false, shield: false, happening: false },
  };
  for (const row of rows) {
    id.push(row.id);
    conversationId.push(row.conversationId);
    senderId.push(row.senderId);
    senderName.push(row.senderName);
    isOwn.push(row.isOwn);
    varies.senderAvatarId ||= row.senderAvatarId !== first.senderAvatarId;
    varies.kind ||= row.kind !== first.kind;
    text.push(row.text);
    sentAtMs.push(row.sentAtMs);
    delivery.push(row.delivery);
    varies.fault ||= row.fault !== first.fault;
    varies.editedAtMs ||= row.editedAtMs !== first.editedAtMs;
    varies.deletedAtMs ||= row.deletedAtMs !== first.deletedAtMs;
    varies.replyTo ||= row.replyTo !== first.replyTo;
    varies.attachments ||= row.attachments.length > 0;
    varies.reactions ||= row.reactions.length > 0;
    varies.isPushed ||= row.isPushed !== first.isPushed;
    varies.push ||= row.push !== first.push;
    varies.hasGapBefore ||= row.hasGapBefore !== first.hasGapBefore;
    varies.spoiler ||= row.spoiler !== first.spoiler;
    varies.isUnstyled ||= row.isUnstyled !== first.isUnstyled;
    varies.isMention ||= row.isMention !== first.isMention;
    varies.lifetimeMs ||= row.lifetimeMs !== first.lifetimeMs;
    varies.expiresAtMs ||= row.expiresAtMs !== first.expiresAtMs;
    varies.shield ||= row.shield !== first.shield;
    varies.happening ||= row.happening !== first.happening;
  }
  return varies;
};
