import { randomUUID } from 'node:crypto';
import type { ConversationId, MessageId, PreviewFile, PushEffect, PushMask, PushPreview, PushRange } from '#rpc';
import type { PersonIdentifier } from '#model';
import type { ConnectorManifest } from '../connector.ts';
import type { ConnectionRecord } from '../ledger/connections.ts';
import { plans } from '../ledger/plans.ts';
import { pushedMessages } from '../ledger/pushed-messages.ts';
import { ranges } from '../ledger/ranges.ts';
import { redactEntries } from '../redaction/redact-entries.ts';
import { cleanLine } from '../text/clean-text.ts';
import { spareChars, wordsOf } from '../text/words.ts';
import type { WordLocale, Words } from '../text/words.ts';
import { blocksOf, chunksOf, summaryChars } from './build-chunks.ts';
import { startOf } from './first-range.ts';
import { verifiedIdentifiers } from './identifiers.ts';
import { withInitials } from './initials.ts';
import { lookUpTarget } from './look-up-target.ts';
import { underRules } from './match-rule.ts';
import { refuseNever } from './never-push.ts';
import { networkName } from './network-name.ts';
import type { Plan, PlanContent } from './plan.ts';
import type { PushDesk } from './push-desk.ts';
import { entriesToPush } from './push-entry.ts';
import { sha256 } from './sha256.ts';
import { summarizeEntries } from './summarize-entries.ts';
import type { SourceAttachment, SourceConversation, SourceMessage } from './push-source.ts';

export interface PlannedPush {
  readonly plan: Plan;
  readonly preview: PushPreview;
}

const maxTitleChars = 120;

/** What the person set in the sheet; nothing of it for one click. */
export interface PlanChoices {
  /** Look for other records although one is linked. */
  readonly asksAlways: boolean;
  readonly range?: PushRange | undefined;
  readonly revealed?: readonly string[] | undefined;
  /** Instead of the messages' words; empty: we write one with the counts. Absent: the words. */
  readonly summary?: string | undefined;
  /** Of a group; without it the others are there by their initials. */
  readonly hasFullNames?: boolean | undefined;
}

/**
 * Freezes what a push would write now and says where it could go. Reads the CRM, writes nothing there.
 * @throws RpcFailure `never-push` before anybody is asked
 */
export async function planPush(
  desk: PushDesk,
  given: ConnectionRecord,
  conversation: SourceConversation,
  choices: PlanChoices,
): Promise<PlannedPush> {
  refuseNever(desk.db, conversation.id);
  const connection = underRules(desk.db, given, conversation.id);
  const manifest = desk.manifestOf(connection);
  const keys = desk.keys(connection.id);
  const wish = wishOf(desk, connection, conversation);
  const lookUp = await lookUpTarget(desk, connection, { ...wish, conversationId: conversation.id }, choices.asksAlways);

  // After the look-up, so that what arrived meanwhile goes along.
  const claimed = claimedMessages(desk, connection, conversation.id);
  const lost = new Map<number, SourceAttachment>();
  const isFirst = desk.source.isFirst(conversation.id, connection.id);
  const range = isFirst ? (choices.range ?? ranges.get(desk.db, conversation.id)) : null;
  const start = range === null ? {} : startOf(range, desk.nowMs(), desk.timeZone);
  const hasInitials = conversation.kind !== 'direct' && choices.hasFullNames !== true;
  const pending = noteLost(desk.source.pending(conversation.id, connection.id, start), lost);
  const untouched = entriesToPush(hasInitials ? withInitials(pending, conversation.ownName) : pending, claimed);
  // Before anything is frozen: what is hidden here exists in no note, no preview and no plan on the disk.
  const redacted = redactEntries(untouched, connection.redaction, new Set(choices.revealed));
  const subject = subjectOf(conversation, desk.locale());
  const { entries, masks, ...summary } =
    choices.summary === undefined
      ? redacted
      : summarizeEntries(redacted.entries, { text: choices.summary, redaction: connection.redaction, revealed: new Set(choices.revealed), locale: desk.locale(), timeZone: desk.timeZone, maxChars: summaryChars(manifest, subject.subjectChars) });
  const draft = {
    range,
    revealed: masks.filter(({ isRevealed }) => isRevealed).map(({ kind, messageId }) => ({ kind, messageId })),
    conversationStableId: conversation.stableId,
    entries,
    lostFiles: [...lost.keys()],
    ...subject,
    ...summary,
    ...(connection === given ? {} : { recordKind: connection.values['recordKind'] }),
    timeZone: desk.timeZone,
  };
  const chunks = chunksOf(blocksOf(draft, manifest), draft, manifest, keys);
  const content: PlanContent = { ...draft, ...wish, chunks, options: lookUp.options, suggestedKey: lookUp.suggestedKey };
  const plan: Plan = {
    id: randomUUID(),
    connectionId: connection.id,
    conversationId: conversation.id,
    plannedAtMs: desk.nowMs(),
    content,
  };
  plans.add(desk.db, plan);
  return { plan, preview: { ...previewOf(desk, connection, plan, manifest, { ...lookUp, masks }, lost), summary: content.summary ?? null, hasInitials } };
}

function wishOf(desk: PushDesk, connection: ConnectionRecord, conversation: SourceConversation) {
  const manifest = desk.manifestOf(connection);
  const keys = desk.keys(connection.id);
  const name = cleanLine(conversation.title, maxTitleChars) || conversation.handle;
  const network = networkName(conversation.network);
  // The handle is who somebody is on a network; it never counts as a mail address, even where it looks like one.
  const handle: PersonIdentifier = { kind: 'handle', value: conversation.handle };
  const identifiers = verifiedIdentifiers([...conversation.identifiers, handle]);
  // The first kind is the contact itself.
  const wanted = manifest.chooses === 'contact' ? manifest.recordKinds.slice(1).find((kind) => kind === connection.values['recordKind']) : undefined;
  return {
    contactKey: keys.contact(conversation.network, conversation.handle),
    containerKey: keys.container(conversation.stableId),
    containerKind: wanted ?? null,
    contact: { name, identifiers, networkName: network },
    container: { title: name, identifiers, networkName: network, contactName: name },
  };
}

function subjectOf(conversation: SourceConversation, locale: WordLocale) {
  const say = (words: Words): string =>
    words.with(cleanLine(conversation.title, maxTitleChars), cleanLine(conversation.ownName, maxTitleChars));
  const subject = `${networkName(conversation.network)} · ${say(wordsOf[locale])}`;
  return { locale, subject, subjectChars: subject.length + spareChars(locale, say) };
}

function claimedMessages(desk: PushDesk, connection: ConnectionRecord, id: ConversationId): ReadonlyMap<MessageId, number> {
  const claimed = new Map<MessageId, number>();
  for (const { content } of plans.active(desk.db, connection.id, id)) {
    for (const entry of content.entries) claimed.set(entry.messageId, Math.max(entry.version, claimed.get(entry.messageId) ?? -1));
  }
  return claimed;
}

function* noteLost(messages: Iterable<SourceMessage>, lost: Map<number, SourceAttachment>): Iterable<SourceMessage> {
  for (const message of messages) {
    for (const attachment of message.attachments) if (attachment.fault !== null) lost.set(attachment.id, attachment);
    yield message;
  }
}

function previewOf(
  desk: PushDesk,
  connection: ConnectionRecord,
  { id, content, conversationId, plannedAtMs }: Plan,
  manifest: ConnectorManifest,
  lookUp: { readonly effects: readonly PushEffect[]; readonly fault: PushPreview['fault']; readonly masks: readonly PushMask[] },
  lost: ReadonlyMap<number, SourceAttachment>,
): PushPreview {
  const told = content.entries.filter((entry) => entry.kind !== 'silent');
  const fresh = told.filter((entry) => entry.kind === 'message');
  const files = fresh.flatMap((entry) => entry.files).map((file): PreviewFile => {
    const isTooLarge = (file.sizeBytes ?? 0) > manifest.maxFileBytes;
    const problem = lost.get(file.attachmentId)?.fault ?? (isTooLarge ? { code: 'too-large', limitBytes: manifest.maxFileBytes } : null);
    return { attachmentId: file.attachmentId, name: cleanLine(file.name, maxTitleChars), sizeBytes: file.sizeBytes, problem };
  });
  return {
    planId: id,
    connectionId: connection.id,
    connectionName: connection.name,
    conversationId,
    options: content.options.map(({ ref: _ref, ...option }) => option),
    suggestedKey: content.suggestedKey,
    parts: content.chunks.map(({ body }) => ({ text: body, bodySha256: sha256(body) })),
    files,
    newMessageCount: fresh.length,
    pushedMessageCount: pushedMessages.counts(desk.db, connection.id, conversationId).pushedMessages,
    fromId: fresh[0]?.messageId ?? null,
    untilId: fresh.at(-1)?.messageId ?? null,
    sideEffects: lookUp.effects.map(({ code, values }) => [code, ...Object.values(values)].join(' · ')),
    effects: lookUp.effects,
    fault: lookUp.fault,
    plannedAtMs,
    range: content.range ?? null,
    masks: lookUp.masks,
    needsConfirmation: manifest.isPersonnel ?? false,
  };
}
