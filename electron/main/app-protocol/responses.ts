import { contentSecurityPolicy } from '#rpc';

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

/** An answer without a body. */
export const refuse = (status: number): Response => new Response(null, { status, headers: pageHeaders });

export const answerJson = (value: unknown): Response =>
  new Response(JSON.stringify(value), { headers: { ...pageHeaders, 'content-type': 'application/json' } });
