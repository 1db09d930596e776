import { createHmac } from 'node:crypto';

/**
 * Headers of a signed request as Standard Webhooks 1.0 has them (https://www.standardwebhooks.com): receivers can use
 * its libraries. A secret that begins with `whsec_` is base64, any other is taken as it is typed.
 */
export function signedHeaders(secret: string, id: string, atMs: number, body: string): Readonly<Record<string, string>> {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret, 'utf8');
  const seconds = String(Math.floor(atMs / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`, 'utf8').digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}`, 'idempotency-key': id };
}
