import { cleanLine, cleanText } from '../text/clean-text.ts';
import { formatSize } from '../text/format-size.ts';
import { localTime } from '../text/local-time.ts';
import type { EntryFile, PushEntry } from './push-entry.ts';

export interface RenderOptions {
  readonly timeZone: string;
  readonly maxFileBytes: number;
  /** Attachments whose bytes are gone. */
  readonly lostFiles: ReadonlySet<number>;
}

/** Continuation lines stand in, so that no message can pretend to be the next line of somebody else. */
const indent = '      ';
const maxNameChars = 80;
const maxExcerptChars = 80;

/** One entry as lines of the note: `10:21 ← Marta: text`, what continues it indented. */
export function renderEntry(entry: PushEntry, options: RenderOptions): string {
  const time = localTime(entry.sentAtMs, options.timeZone);
  const name = cleanLine(entry.senderName, maxNameChars);
  const arrow = entry.isOwn ? '→' : '←';
  if (entry.kind === 'deletion') return `${changeTime(entry, options)} × ${name} deleted the message of ${time.day} ${time.minute}`;
  if (entry.kind === 'edit') {
    return joinLines(`${changeTime(entry, options)} ✎ ${name} changed the message of ${time.day} ${time.minute} to: `, entry.text);
  }
  const opening = entry.isAction ? `${time.minute} ${arrow} * ${name} ` : `${time.minute} ${arrow} ${name}: `;
  const lines = [joinLines(opening, entry.text)];
  if (entry.replyTo !== null) lines.push(replyLine(entry.replyTo));
  for (const file of entry.files) lines.push(`${indent}📎 ${fileWords(file, options)}`);
  return lines.join('\n');
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

function fileWords(file: EntryFile, { maxFileBytes, lostFiles }: RenderOptions): string {
  const size = file.sizeBytes === null ? '' : ` · ${formatSize(file.sizeBytes)}`;
  const name = `${cleanLine(file.name, 120)}${size}`;
  if (lostFiles.has(file.attachmentId)) return `${name} · not attached: no longer available`;
  if ((file.sizeBytes ?? 0) > maxFileBytes) return `${name} · not attached: larger than ${formatSize(maxFileBytes)}`;
  return name;
}
