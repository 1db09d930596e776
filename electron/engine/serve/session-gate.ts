import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** One link, one browser: the link's token works once and becomes a session cookie. */
export interface SessionGate {
  /** For the link; only its hash is kept. */
  readonly token: string;
  /** The value of the `Set-Cookie` header for the right token at its first use, else null. */
  readonly redeem: (token: string) => string | null;
  readonly hasSession: (cookieHeader: string | undefined) => boolean;
}

const secretBytes = 32;
const hash = (value: string): Buffer => createHash('sha256').update(value).digest();

/** @param port part of the cookie's name: cookies do not tell ports apart, two profiles may be open */
export const createSessionGate = (port: number): SessionGate => {
  const cookieName = `palomar-${port}`;
  const token = randomBytes(secretBytes).toString('base64url');
  let tokenHash: Buffer | null = hash(token);
  let sessionHash: Buffer | null = null;

  return {
    token,
    redeem(given) {
      if (tokenHash === null || !timingSafeEqual(tokenHash, hash(given))) return null;
      tokenHash = null;
      const session = randomBytes(secretBytes).toString('base64url');
      sessionHash = hash(session);
      return `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`;
    },
    hasSession(cookieHeader) {
      if (sessionHash === null || cookieHeader === undefined) return false;
      for (const part of cookieHeader.split(';')) {
        const [name, value] = part.trim().split('=', 2);
        if (name === cookieName && value !== undefined && timingSafeEqual(sessionHash, hash(value))) return true;
      }
      return false;
    },
  };
};
