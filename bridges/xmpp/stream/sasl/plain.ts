import type { SaslMechanism } from './mechanism.ts';
import { saslprep, SaslprepError } from './saslprep.ts';

/** PLAIN (RFC 4616): hands the password to the server. Only with the person's consent and only inside TLS. */
export function plain(username: string, password: string): SaslMechanism {
  return {
    initialResponse: Buffer.from(`\0${lenient(username)}\0${lenient(password)}`),
    respond: () => Promise.resolve(Buffer.alloc(0)),
    verify: () => true,
  };
}

/** RFC 4616 only recommends SASLprep, and whoever checks a password behind the server may know none of it. */
function lenient(text: string): string {
  try {
    return saslprep(text);
  } catch (error) {
    if (error instanceof SaslprepError) return text;
    throw error;
  }
}
