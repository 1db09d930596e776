/**
 * What may be said of a message outside of its conversation, in the list and in notifications: of a spoiler the hint, of
 * one we cannot read the name of its encryption. Signs instead of words, for the engine speaks no language.
 */
export function outsideText(kind: string, text: string, spoiler: string | null | undefined): string {
  if (kind === 'unreadable') return `🔒 ${text}`.trim();
  return spoiler === null || spoiler === undefined ? text : `••• ${spoiler}`.trim();
}
