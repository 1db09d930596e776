import { contentSecurityPolicy } from '#rpc';

/** What every answer of the app's own protocol carries. */
const commonHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  // Attachments must not end up in Chromium's cache beside the store.
  'cache-control': 'no-store',
};

export const pageHeaders = {
  ...commonHeaders,
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-opener-policy': 'same-origin',
};

/** For bytes that others made: should one ever be shown as a document, it can do nothing. */
export const fileHeaders = { ...commonHeaders, 'content-security-policy': "default-src 'none'; sandbox" };

/** An answer without a body. */
export const refuse = (status: number): Response => new Response(null, { status, headers: pageHeaders });

export const answerJson = (value: unknown): Response =>
  new Response(JSON.stringify(value), { headers: { ...pageHeaders, 'content-type': 'application/json' } });
