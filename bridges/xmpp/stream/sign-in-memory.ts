import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import type { SecretStore } from '#bridge';
import { isBindingType } from '../extensions/0440-channel-binding-types.ts';
import { isFastMechanism, type FastToken } from '../extensions/0484-fast.ts';
import type { Endpoint } from './dns/find-endpoints.ts';
import { isMechanismName, type Strength } from './sasl/choose-mechanism.ts';

/** What one sign-in leaves behind for the next. Gone when the person signs in again: then everything begins anew. */
export interface SignInRecord {
  /** Tells the server that it is this installation that comes back (XEP-0388); a UUID. */
  readonly userAgentId: string;
  /** The strongest proof this account ever gave; a weaker one is refused. */
  readonly strongest: Strength | null;
  /** Signs in without the password (XEP-0484). */
  readonly token: FastToken | null;
  /** Where the server last proved itself, for days on which names lead nowhere. */
  readonly lastWay: LastWay | null;
}

/** An endpoint and the address that it had. */
export interface LastWay extends Pick<Endpoint, 'host' | 'port' | 'security'> {
  readonly address: string;
}

export interface SignInMemory {
  read(): Promise<SignInRecord>;
  /** Keeps a change; a store that refuses costs a slower sign-in next time, not this one. */
  update(change: Partial<SignInRecord>): Promise<void>;
}

/** The name of the record among the account's secrets. */
export const signInSecret = 'sign-in';

export const freshRecord = (): SignInRecord => ({ userAgentId: randomUUID(), strongest: null, token: null, lastWay: null });

/** Kept sealed with the account's other secrets. */
export function sealedMemory(secrets: SecretStore): SignInMemory {
  let known: SignInRecord | null = null;
  const keep = async (record: SignInRecord): Promise<void> => {
    known = record;
    await secrets.set(signInSecret, JSON.stringify(record)).catch(() => undefined);
  };
  const read = async (): Promise<SignInRecord> => {
    if (known !== null) return known;
    const record = readRecord(await secrets.get(signInSecret));
    if (record === null) await keep(freshRecord());
    else known = record;
    return known ?? freshRecord();
  };
  return {
    read,
    async update(change) {
      await keep({ ...(await read()), ...change });
    },
  };
}

/** For a sign-in that is only tried; `read` says what to keep of it. */
export function passingMemory(): SignInMemory {
  let record = freshRecord();
  return {
    read: () => Promise.resolve(record),
    update(change) {
      record = { ...record, ...change };
      return Promise.resolve();
    },
  };
}

/** Null: never written, or not by us. */
function readRecord(text: string | null): SignInRecord | null {
  const saved = parse(text);
  const userAgentId = saved?.['userAgentId'];
  if (saved === null || typeof userAgentId !== 'string' || !/^[0-9a-f-]{36}$/.test(userAgentId)) return null;
  return { userAgentId, strongest: readStrength(saved['strongest']), token: readToken(saved['token']), lastWay: readLastWay(saved['lastWay']) };
}

function readStrength(saved: unknown): Strength | null {
  if (!isRecord(saved)) return null;
  const { mechanism, binding } = saved;
  return isMechanismName(mechanism) ? { mechanism, binding: isBindingType(binding) ? binding : null } : null;
}

function readToken(saved: unknown): FastToken | null {
  if (!isRecord(saved)) return null;
  const { mechanism, token, expiresAtMs } = saved;
  const isToken = isFastMechanism(mechanism) && typeof token === 'string' && typeof expiresAtMs === 'number';
  return isToken ? { mechanism, token, expiresAtMs } : null;
}

function readLastWay(saved: unknown): LastWay | null {
  if (!isRecord(saved)) return null;
  const { host, port, security, address } = saved;
  const isWay = typeof host === 'string' && typeof port === 'number' && typeof address === 'string' && isIP(address) !== 0;
  return isWay && (security === 'direct' || security === 'starttls') ? { host, port, security, address } : null;
}

function parse(text: string | null): Record<string, unknown> | null {
  try {
    const saved: unknown = JSON.parse(text ?? 'null');
    return isRecord(saved) ? saved : null;
  } catch {
    return null;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
