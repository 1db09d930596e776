/** How a file of ours is told from others, where it has a description or a note of its own. */
export const formatFileMarker = (key: string): string => `[ref:${key}]`;

/** Whether the last line is a marker of ours, of whatever key. */
export const hasFileMarker = (text: string): boolean => /(?:^|\n)\s*\[ref:pal1\.[a-z2-7]{16}\]\s*$/.test(text);

/** Only the last line counts: a name of a file comes from strangers. */
export const carriesFileMarker = (text: string, key: string): boolean => text.trimEnd().split('\n').at(-1)?.trim() === formatFileMarker(key);
