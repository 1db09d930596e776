import { cleanLine, cleanText } from '../text/clean-text.ts';
import { formatSize } from '../text/format-size.ts';
import { localTime } from '../text/local-time.ts';
import { spareChars, wordsOf } from '../text/words.ts';
import type { WordLocale, Words } from '../text/words.ts';
import type { EntryFile, PushEntry } from './push-entry.ts';

export interface RenderOptions {
  readonly locale: WordLocale;
  readonly timeZone: string;
  readonly maxFileBytes: number;
  /** Attachments whose bytes are gone. */
  readonly lostFiles: ReadonlySet<number>;
}

export interface RenderedEntry {
  readonly text: string;
  /** What the words before and behind the text would need more in the longest language. */
  readonly openingSpare: number;
  readonly closingSpare: number;
}

/** Continuation lines stand in, so that no message can pretend to be the next line of somebody else. */
const indent = '      ';
const maxNameChars = 80;
const maxExcerptChars = 80;

/** One entry as lines of the note: `10:21 ← Marta: text`, what continues it indented. */
export function renderEntry(entry: PushEntry, options: RenderOptions): RenderedEntry {
  return entry.kind === 'deletion' || entry.kind === 'edit' ? renderChange(entry, options) : renderMessage(entry, options);
}

function renderChange(entry: PushEntry, options: RenderOptions): RenderedEntry {
  const { locale, timeZone } = options;
  const time = localTime(entry.sentAtMs, timeZone);
  const name = cleanLine(entry.senderName, maxNameChars);
  const isGone = entry.kind === 'deletion';
  const say = (words: Words): string => (isGone ? words.deleted : words.changed)(name, `${time.day} ${time.minute}`);
  const opening = `${changeTime(entry, options)} ${isGone ? '×' : '✎'} ${say(wordsOf[locale])}`;
  return { text: joinLines(opening, entry.text), openingSpare: spareChars(locale, say), closingSpare: 0 };
}

function renderMessage(entry: PushEntry, options: RenderOptions): RenderedEntry {
  const time = localTime(entry.sentAtMs, options.timeZone);
  const name = cleanLine(entry.senderName, maxNameChars);
  const arrow = entry.isOwn ? '→' : '←';
  const opening = entry.isAction ? `${time.minute} ${arrow} * ${name} ` : `${time.minute} ${arrow} ${name}: `;
  const lines = [joinLines(opening, entry.text)];
  if (entry.replyTo !== null) lines.push(replyLine(entry.replyTo));
  let closingSpare = 0;
  for (const file of entry.files) {
    const say = (words: Words): string => fileWords(file, words, options);
    lines.push(`${indent}📎 ${say(wordsOf[options.locale])}`);
    closingSpare += spareChars(options.locale, say);
  }
  return { text: lines.join('\n'), openingSpare: 0, closingSpare };
}

function changeTime(entry: PushEntry, { timeZone }: RenderOptions): string {
  const time = localTime(entry.changedAtMs, timeZone);
  return `${time.day} ${time.minute}`;
}

function joinLines(opening: string, text: string): string {
  return (opening + cleanText(text).replaceAll('\n', `\n${indent}`)).trimEnd();
}

function replyLine(replyTo: { readonly senderName: string; readonly excerpt: string }): string {
  const name = cleanLine(replyTo.senderName, maxNameChars);
  const excerpt = cleanLine(replyTo.excerpt, maxExcerptChars);
  return `${indent}↪ ${excerpt === '' ? name : `${name}: ${excerpt}`}`;
}

function fileWords(file: EntryFile, words: Words, { maxFileBytes, lostFiles }: RenderOptions): string {
  const size = file.sizeBytes === null ? '' : ` · ${formatSize(file.sizeBytes)}`;
  const name = `${cleanLine(file.name, 120)}${size}`;
  if (lostFiles.has(file.attachmentId)) return `${name} · ${words.lost}`;
  if ((file.sizeBytes ?? 0) > maxFileBytes) return `${name} · ${words.tooLarge(formatSize(maxFileBytes))}`;
  return name;
}
