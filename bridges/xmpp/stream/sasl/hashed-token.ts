import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SaslMechanism } from './mechanism.ts';

/**
 * HT-SHA-256-* (draft-schmaus-kitten-sasl-ht-09): one hash each way over the token and what TLS knows of the
 * connection. No key is derived, so it costs nothing.
 */
export function hashedToken(username: string, token: string, channelBinding: Buffer | null): SaslMechanism {
  const hashOf = (role: 'Initiator' | 'Responder'): Buffer =>
    createHmac('sha256', token)
      .update(role)
      .update(channelBinding ?? Buffer.alloc(0))
      .digest();
  return {
    initialResponse: Buffer.concat([Buffer.from(`${username}\0`), hashOf('Initiator')]),
    respond: () => Promise.resolve(Buffer.alloc(0)),
    verify(finalData) {
      const expected = hashOf('Responder');
      return finalData?.length === expected.length && timingSafeEqual(finalData, expected);
    },
  };
}
