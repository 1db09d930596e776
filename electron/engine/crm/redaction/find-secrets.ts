import type { MaskKind, RedactionSettings } from '#rpc';
import { ibanLengths, isCard, isEstonianId, isIban, isSpanishId } from './checksums.ts';

/** A place in a text, end not included. */
export interface Secret {
  readonly kind: MaskKind;
  readonly start: number;
  readonly end: number;
}

/** What the texts of a push hide unless the person decides otherwise. */
export const allHidden: RedactionSettings = { isIbanHidden: true, isCardHidden: true, isNationalIdHidden: true, isCodeHidden: true, words: [] };

/** What people put between the groups of a number; also marks that cannot be seen. */
const gap = '[ \\u00a0\\u202f\\u2007\\u200b-\\u200f\\u2060\\u00ad.\\-–]';
const before = '(?<![\\p{L}\\p{N}])';
const after = '(?![\\p{L}\\p{N}])';

/** Everything of these settings in a text, in order, never overlapping: what touches another becomes one with it. */
export function findSecrets(text: string, settings: RedactionSettings): readonly Secret[] {
  const found = [
    ...(settings.isIbanHidden ? ibansIn(text) : []),
    ...(settings.isCardHidden ? cardsIn(text) : []),
    ...(settings.isNationalIdHidden ? nationalIdsIn(text) : []),
    ...(settings.isCodeHidden ? codesIn(text) : []),
    ...wordsIn(text, settings.words),
  ].sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: Secret[] = [];
  for (const secret of found) {
    const last = merged.at(-1);
    if (last && secret.start < last.end) merged[merged.length - 1] = { ...last, end: Math.max(last.end, secret.end) };
    else merged.push(secret);
  }
  return merged;
}

/** By the length of its country, so that a word behind it is not taken for a part of it. */
function ibansIn(text: string): readonly Secret[] {
  const opening = new RegExp(`${before}[A-Z]{2}${gap}?\\d${gap}?\\d`, 'giu');
  return [...text.matchAll(opening)].flatMap((match): Secret[] => {
    const length = ibanLengths.get(match[0].slice(0, 2).toUpperCase());
    if (length === undefined) return [];
    const whole = new RegExp(`[A-Z0-9](?:${gap}{0,2}[A-Z0-9]){${length - 1}}${after}`, 'iuy');
    whole.lastIndex = match.index;
    const found = whole.exec(text);
    return found && isIban(compact(found[0])) ? [{ kind: 'iban', start: match.index, end: match.index + found[0].length }] : [];
  });
}

/** How cards are written: in one piece, in fours, or 4-6-5 and 4-6-4. */
const cardShapes: readonly RegExp[] = [
  `\\d{14,19}`,
  `\\d{4}(?:${gap}{1,3}\\d{4}){3}(?:${gap}{1,3}\\d{1,3})?`,
  `\\d{4}(?:${gap}{1,3}\\d{4}){3}`,
  `\\d{4}${gap}{1,3}\\d{6}${gap}{1,3}\\d{4,5}`,
].map((shape) => new RegExp(`(?<![\\p{L}\\p{N}+])${shape}${after}`, 'gu'));

function cardsIn(text: string): readonly Secret[] {
  return cardShapes.flatMap((shape) => matches(text, shape, 'card', isCard));
}

function nationalIdsIn(text: string): readonly Secret[] {
  const dni = new RegExp(`${before}(?:\\d{2}\\.?\\d{3}\\.?\\d{3}|[XYZ]${gap}?\\d{7})${gap}?[A-Z]${after}`, 'giu');
  const isikukood = new RegExp(`(?<![\\p{L}\\p{N}+])\\d{11}${after}`, 'gu');
  return [...matches(text, dni, 'national-id', isSpanishId), ...matches(text, isikukood, 'national-id', isEstonianId)];
}

const codeWord =
  '(?:codes?|passcode|código|codigo|códigos|kood|koodi|koodiks|otp|pin1?|pin2|tan|clave|contraseña|password|parool|parooli|verification|verificación|kinnituskood|kinnituskoodi|turvakood|turvakoodi|uksekood)';
/** Codes that everybody may know. */
const harmless =
  /(?:\b(?:postal|post|zip|area|promo|discount|product|country|error|order|dress|bar|qr|source|status)[ -]?codes?\b|\bc[óo]digo (?:postal|de (?:pedido|producto|barras|cliente|error|descuento|pa[íi]s))|\b(?:sihtnumber|postiindeks|tootekood|veakood))/giu;
/** Four to eight digits that are no amount, date, time or part of a longer number. */
const codeDigits = `(?<![\\p{L}\\p{N}.,:/+€$£])(?:[A-Z]-)?(?:\\d{4,8}|\\d{3}[ \\-]\\d{3})(?![\\p{L}\\p{N}]|[.,:/\\-]\\d|\\s?(?:€|EUR|USD|\\$|£|km|kg|h|uds|tk)\\b|\\s?[€$£])`;

/** One-time codes: digits near a word that says what they are, in the same line. */
function codesIn(text: string): readonly Secret[] {
  const calm = text.replace(harmless, (words) => '·'.repeat(words.length));
  const shapes = [
    new RegExp(`${before}${codeWord}${after}[^\\n\\d]{0,30}?(${codeDigits})`, 'dgiu'),
    new RegExp(`(${codeDigits})[^\\n\\d.;]{1,25}?${before}${codeWord}${after}`, 'dgiu'),
  ];
  return shapes.flatMap((shape) =>
    [...calm.matchAll(shape)].flatMap((match): Secret[] => {
      const place = match.indices?.[1];
      return place ? [{ kind: 'code', start: place[0], end: place[1] }] : [];
    }),
  );
}

function wordsIn(text: string, words: readonly string[]): readonly Secret[] {
  const wanted = words.map((word) => word.trim()).filter((word) => word !== '').sort((a, b) => b.length - a.length);
  if (wanted.length === 0) return [];
  const any = wanted.map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&').replace(/\s+/g, '\\s+')).join('|');
  return matches(text, new RegExp(`${before}(?:${any})${after}`, 'giu'), 'word', () => true);
}

const compact = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');

function matches(text: string, shape: RegExp, kind: MaskKind, isOne: (compact: string) => boolean): Secret[] {
  return [...text.matchAll(shape)]
    .filter((match) => isOne(compact(match[0])))
    .map((match) => ({ kind, start: match.index, end: match.index + match[0].length }));
}
