/** How a file of ours is told from others, where it has a description or a note of its own. */
export const formatFileMarker = (key: string): string => `[ref:${key}]`;

/** Only the last line counts: a name of a file comes from strangers. */
export const carriesFileMarker = (text: string, key: string): boolean => text.trimEnd().split('\n').at(-1)?.trim() === formatFileMarker(key);
