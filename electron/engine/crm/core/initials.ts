import type { SourceMessage } from './push-source.ts';

/** `Marta Ruiz` → `M. R.`; an address keeps the first letter of its name. Of at most three words. */
export function initialsOf(name: string): string {
  const words = name.replace(/@.*$/su, '').split(/[\s._-]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = words.slice(0, 3).map((word) => `${(/[\p{L}\p{N}]/u.exec(word)?.[0] ?? '').toUpperCase()}.`);
  return letters.length === 0 ? '?' : letters.join(' ');
}

/** The messages of a group with initials in the place of the others' names; what they wrote stays as it is. */
export function* withInitials(messages: Iterable<SourceMessage>, ownName: string): Iterable<SourceMessage> {
  for (const message of messages) {
    const { replyTo } = message;
    yield {
      ...message,
      senderName: message.isOwn ? message.senderName : initialsOf(message.senderName),
      replyTo: replyTo === null || replyTo.senderName === ownName ? replyTo : { ...replyTo, senderName: initialsOf(replyTo.senderName) },
    };
  }
}
