import type { SaslMechanism } from './mechanism.ts';

/** PLAIN (RFC 4616): hands the password to the server. Only with the person's consent and only inside TLS. */
export function plain(username: string, password: string): SaslMechanism {
  return {
    initialResponse: Buffer.from(`\0${username}\0${password}`),
    respond: () => Promise.resolve(Buffer.alloc(0)),
    verify: () => true,
  };
}
