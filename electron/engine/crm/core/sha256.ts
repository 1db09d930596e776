import { createHash } from 'node:crypto';

/** Of the UTF-8 bytes, lower-case hex. */
export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
