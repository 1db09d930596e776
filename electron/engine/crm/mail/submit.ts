import type { ConnectorContext } from '../connector.ts';
import { AuthNeeded, ConnectorError, Offline, Permanent, RateLimited, Unknown } from '../errors.ts';
import { cleanLine } from '../text/clean-text.ts';
import type { Mail } from './compose.ts';

const later = 5 * 60_000;

/**
 * Hands one mail to the person's mail server (RFC 6409), over TLS with a checked certificate and signed in, or not at all.
 * @throws Offline | Unknown (it may have been taken) | RateLimited | AuthNeeded | Permanent
 */
export const submitMail = (context: ConnectorContext, mail: Mail): Promise<void> =>
  withServer(context, async (transport) => void (await transport.sendMail(mail)));

/** Signs in and sends nothing. */
export const trySignIn = (context: ConnectorContext): Promise<void> => withServer(context, async (transport) => void (await transport.verify()));

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** Encrypted from the first byte (RFC 8314); else STARTTLS, which is then demanded. */
  readonly isImplicitTls: boolean;
}

/** @throws Permanent `rejected` for what is no name or no port */
export function mailServerOf(values: Readonly<Record<string, string>>): MailServer {
  const host = (values['mailServer'] ?? '').trim().toLowerCase();
  if (!/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(host)) throw new Permanent('rejected', { detail: 'field mailServer is no host name' });
  const wish = values['mailEncryption'] ?? 'auto';
  const port = Number(values['mailPort'] ?? (wish === 'starttls' ? 587 : 465));
  if (!Number.isInteger(port) || port < 1 || port > 65_535 || port === 25) throw new Permanent('rejected', { detail: 'field mailPort is no port for submission' });
  return { host, port, isImplicitTls: wish === 'auto' ? port !== 587 : wish === 'tls' };
}

type Transport = Awaited<ReturnType<typeof transportOf>>;

/** The library is loaded with the first mail: most people send none. */
async function transportOf({ host, port, isImplicitTls }: MailServer, values: Readonly<Record<string, string>>) {
  const { createTransport } = await import('nodemailer');
  return createTransport({
    host,
    port,
    secure: isImplicitTls,
    requireTLS: true,
    auth: { user: values['user'] ?? '', pass: values['password'] ?? '' },
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 60_000,
    disableFileAccess: true,
    disableUrlAccess: true,
    tls: { minVersion: 'TLSv1.2' },
  });
}

async function withServer(context: ConnectorContext, work: (transport: Transport) => Promise<void>): Promise<void> {
  const server = mailServerOf(context.values);
  context.signal.throwIfAborted();
  const transport = await transportOf(server, context.values);
  const close = (): void => transport.close();
  context.signal.addEventListener('abort', close, { once: true });
  try {
    await work(transport);
  } catch (error) {
    throw refusalOf(error, server.host);
  } finally {
    context.signal.removeEventListener('abort', close);
    close();
  }
}

/** Nobody listened, or nothing left this computer. */
const notSent: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EDNS']);
const certificate = /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH)/;

/** What the library throws, by the answer's number (RFC 5321, 4.2) or the system's word. Texts of servers are shown, cut short. */
export function refusalOf(error: unknown, server: string): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const facts = error as { readonly code?: unknown; readonly originalCode?: unknown; readonly responseCode?: unknown; readonly response?: unknown };
  const [code, system] = [textOf(facts.code), textOf(facts.originalCode) || textOf(facts.code)];
  const number = typeof facts.responseCode === 'number' ? facts.responseCode : 0;
  const detail = cleanLine(textOf(facts.response) || system || (error instanceof Error ? error.message : ''), 200);
  if (notSent.has(system)) return new Offline({ detail: system, server });
  if (certificate.test(system)) return new Permanent('certificate-invalid', { detail: system, server });
  // TLS where the server speaks in clear, as at a port for STARTTLS.
  if (code === 'ETLS' || system.startsWith('ERR_SSL_')) return new Permanent('no-encryption', { detail, server });
  if (code === 'EAUTH' && (number === 0 || number >= 500)) return new AuthNeeded({ detail, server });
  if (number === 530) return new AuthNeeded({ detail, server });
  if (number === 552 || number === 523 || /size larger than allowed/.test(error instanceof Error ? error.message : '')) return new Permanent('too-large', { detail, server });
  if (number >= 500) return new Permanent('rejected', { detail, server });
  // 4xx: taken by nobody, and to be tried again.
  if (number >= 400) return new RateLimited(Date.now() + later, { detail, server });
  return new Unknown({ detail: system || detail, server });
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
