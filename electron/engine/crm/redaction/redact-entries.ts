import { createHash } from 'node:crypto';
import type { MaskKind, MessageId, PushMask, RedactionSettings } from '#rpc';
import type { PushEntry } from '../core/push-entry.ts';
import { findSecrets } from './find-secrets.ts';
import type { Secret } from './find-secrets.ts';

export interface RedactedEntries {
  readonly entries: readonly PushEntry[];
  readonly masks: readonly PushMask[];
}

/** What was shown as it is, for the audit: kinds and places, never the text. */
export interface Revealed {
  readonly kind: MaskKind;
  readonly messageId: MessageId;
}

const dot = '•';
/** Networks and old clients cut a quotation wherever they like. */
const cutTailChars = 34;

/**
 * Hides what the settings name in everything a push would say: texts, quotations and names of files. Each letter and
 * digit becomes a dot, so a text keeps its length and is cut into the same notes on every device.
 * @param revealed ids of masks that the person wants shown
 */
export function redactEntries(entries: readonly PushEntry[], settings: RedactionSettings, revealed: ReadonlySet<string>): RedactedEntries {
  const masks: PushMask[] = [];
  const redacted = entries.map((entry): PushEntry => {
    const hide = (place: string, text: string, more: readonly Secret[] = []): string => {
      const secrets = findSecrets(text, settings);
      return maskEach(text, [...secrets, ...more.filter((one) => !secrets.some((known) => one.start < known.end && known.start < one.end))], (secret) => {
        const mask = toMask(entry, place, text, secret, revealed);
        masks.push(mask);
        return mask.isRevealed;
      });
    };
    const { replyTo } = entry;
    return {
      ...entry,
      text: hide('text', entry.text),
      replyTo: replyTo === null ? null : { ...replyTo, excerpt: hide('reply', replyTo.excerpt, cutSecret(replyTo.excerpt, settings)) },
      files: entry.files.map((file) => ({ ...file, name: hide(`file ${file.stableId}`, file.name) })),
    };
  });
  return { entries: redacted, masks };
}

function maskEach(text: string, secrets: readonly Secret[], isShown: (secret: Secret) => boolean): string {
  let masked = '';
  let at = 0;
  for (const secret of [...secrets].sort((a, b) => a.start - b.start)) {
    masked += text.slice(at, secret.start);
    const found = text.slice(secret.start, secret.end);
    masked += isShown(secret) ? found : dotted(found);
    at = secret.end;
  }
  return masked + text.slice(at);
}

/** Every letter and digit; a character of two units becomes two dots. */
const dotted = (text: string): string => text.replace(/[\p{L}\p{N}\p{M}]/gu, (character) => dot.repeat(character.length));

function toMask(entry: PushEntry, place: string, text: string, { kind, start, end }: Secret, revealed: ReadonlySet<string>): PushMask {
  const found = text.slice(start, end);
  // The text is part of the name: an edit between two looks must not show something else.
  const id = createHash('sha256').update([entry.id, place, String(start), kind, found].join('\n')).digest('hex').slice(0, 24);
  const shown = found.length > 6 ? 2 : 0;
  const hint = `${dotted(found.slice(0, found.length - shown))}${found.slice(found.length - shown)}`;
  return { id, kind, messageId: entry.messageId, hint, isRevealed: revealed.has(id) };
}

/** A long number at the very end of a quotation that was cut: half an IBAN has no checksum, and is hidden all the same. */
function cutSecret(excerpt: string, settings: RedactionSettings): readonly Secret[] {
  if (!settings.isIbanHidden && !settings.isCardHidden && !settings.isNationalIdHidden) return [];
  const tail = /(?<![\p{L}\p{N}+])(?:[A-Z]{2}\d{2}|\d{4})[A-Z0-9 \-.\u00a0]*(?=…?$)/iu.exec(excerpt.slice(-cutTailChars));
  const isCut = excerpt.endsWith('…') || excerpt.length >= 79;
  if (!isCut || tail === null || (tail[0].match(/\d/g) ?? []).length < 4) return [];
  const start = Math.max(0, excerpt.length - cutTailChars) + tail.index;
  return [{ kind: settings.isIbanHidden ? 'iban' : 'card', start, end: start + tail[0].length }];
}
