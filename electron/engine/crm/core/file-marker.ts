/** How a file of ours is told from others, where it has a description or a note of its own. */
export const formatFileMarker = (key: string): string => `[ref:${key}]`;

/** Whether the last line is a marker of ours, of whatever key. Customers write such texts: none may take long to look at. */
export const hasFileMarker = (text: string): boolean => /^\[ref:pal1\.[a-z2-7]{16}\]$/.test(lastLineOf(text));

/** Only the last line counts: a name of a file comes from strangers. */
export const carriesFileMarker = (text: string, key: string): boolean => lastLineOf(text) === formatFileMarker(key);

function lastLineOf(text: string): string {
  const end = text.trimEnd();
  return end.slice(end.lastIndexOf('\n') + 1).trim();
}
