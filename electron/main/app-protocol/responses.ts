import { Readable } from 'node:stream';
import { contentSecurityPolicy } from '#rpc';
import type { DoorAnswer } from './door.ts';

/** What every answer of the app's own protocol carries. */
const commonHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  // Attachments must not end up in Chromium's cache beside the store.
  'cache-control': 'no-store',
};

/**
 * No Cross-Origin-Opener-Policy, other than in browser mode: the window has no opener and the page can open none
 * (`contents-lockdown.ts`), but the header would make Chromium throw away the process that is there and start another.
 */
export const pageHeaders = { ...commonHeaders, 'content-security-policy': contentSecurityPolicy };

/** For bytes that others made: should one ever be shown as a document, it can do nothing. */
export const fileHeaders = { ...commonHeaders, 'content-security-policy': "default-src 'none'; sandbox" };

/**
 * For pictures, whose ids are never used again: a row that comes back into view has them at once. Chromium keeps what
 * comes by a scheme of its own in memory only. Browser mode has http, which goes to the disk, and no such header.
 */
export const keptHeaders = { 'cache-control': 'private, max-age=31536000, immutable' };

/** An answer without a body. */
export const refuse = (status: number): DoorAnswer => ({ status, headers: pageHeaders, body: null });

export const answerJson = (value: unknown): DoorAnswer => ({
  status: 200,
  headers: { ...pageHeaders, 'content-type': 'application/json' },
  body: streamOf(Buffer.from(JSON.stringify(value))),
});

/** Bytes that are there already. */
export const streamOf = (bytes: Buffer): Readable => Readable.from([bytes]);
