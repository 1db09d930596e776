import { randomUUID } from 'node:crypto';
import { BridgeError } from '#bridge';
import { unexpectedAnswer } from './open-secure-stream.ts';
import type { Connection } from './connection.ts';
import type { XmlElement } from './xml/element.ts';
import { element } from './xml/element.ts';
import { serialize } from './xml/serialize.ts';
import { fullJid } from '../jid.ts';
import { ns } from '../namespaces.ts';

/** What is left of an earlier session. */
export interface Resumable {
  readonly id: string;
  readonly inbound: number;
}

export type EstablishedSession =
  | {
      readonly kind: 'resumed';
      readonly acknowledged: number;
      /** Our full address, where the server says it again. */
      readonly jid: string | null;
    }
  | {
      readonly kind: 'fresh';
      readonly jid: string;
      readonly canManageStream: boolean;
      /** Null when the server keeps no session for us. */
      readonly resumptionId: string | null;
      /** How far the server got with the session that could not be resumed, if it remembers. */
      readonly acknowledgedBefore: number | null;
      /** Copies of what other devices send and receive were switched on already (XEP-0280). */
      readonly hasCarbons: boolean;
    };

/** Resumes the earlier session (XEP-0198) or binds a resource (RFC 6120 section 7) and enables stream management. */
export async function establishSession(
  connection: Connection,
  features: XmlElement,
  resumable: Resumable | null,
  resource: string,
  deadlineMs: number,
): Promise<EstablishedSession> {
  const canManageStream = features.child('sm', ns.streamManagement) !== undefined;
  let acknowledgedBefore: number | null = null;
  if (resumable !== null && canManageStream) {
    connection.write(serialize(resumeRequest(resumable)));
    const answer = await connection.next(deadlineMs);
    if (answer.is('resumed', ns.streamManagement)) {
      return { kind: 'resumed', jid: null, acknowledged: stanzaCounter(answer) ?? Number.NaN };
    }
    if (!answer.is('failed', ns.streamManagement)) throw unexpectedAnswer(answer, connection.host);
    acknowledgedBefore = stanzaCounter(answer);
  }
  const jid = await bind(connection, resource, deadlineMs);
  const resumptionId = canManageStream ? await enable(connection, deadlineMs) : undefined;
  return {
    kind: 'fresh',
    jid,
    canManageStream: resumptionId !== undefined,
    resumptionId: resumptionId ?? null,
    acknowledgedBefore,
    hasCarbons: false,
  };
}

/** Asks for the earlier session back (XEP-0198 section 5). */
export const resumeRequest = ({ id, inbound }: Resumable): XmlElement =>
  element('resume', { xmlns: ns.streamManagement, previd: id, h: String(inbound) });

async function bind(connection: Connection, resource: string, deadlineMs: number): Promise<string> {
  const id = randomUUID();
  const wanted = element('resource', {}, resource);
  connection.write(serialize(element('iq', { type: 'set', id }, element('bind', { xmlns: ns.bind }, wanted))));
  const answer = await connection.next(deadlineMs);
  if (!answer.is('iq', ns.client) || answer.attribute('id') !== id) {
    throw unexpectedAnswer(answer, connection.host);
  }
  const jid = fullJid(answer.child('bind', ns.bind)?.childText('jid'));
  if (answer.attribute('type') !== 'result' || jid === null) {
    const condition = answer.child('error')?.childIn(ns.stanzaErrors)?.name ?? 'no address given';
    const detail = `the server refused the session: ${condition}`;
    const code = condition === 'resource-constraint' ? 'rate-limited' : 'server-incompatible';
    throw new BridgeError(code, { server: connection.host, detail });
  }
  return jid;
}

/** @returns the id to resume with, null when resuming is not offered, undefined when management is refused. */
async function enable(connection: Connection, deadlineMs: number): Promise<string | null | undefined> {
  connection.write(serialize(element('enable', { xmlns: ns.streamManagement, resume: 'true' })));
  const answer = await connection.next(deadlineMs);
  if (answer.is('failed', ns.streamManagement)) return undefined;
  if (!answer.is('enabled', ns.streamManagement)) throw unexpectedAnswer(answer, connection.host);
  const canResume = ['true', '1'].includes(answer.attribute('resume') ?? '');
  return canResume ? (answer.attribute('id') ?? null) : null;
}

/** The `h` of an answer; null when it names none that can be. */
export function stanzaCounter(answer: XmlElement): number | null {
  const h = answer.attribute('h');
  return h !== undefined && /^\d{1,10}$/.test(h) ? Number(h) : null;
}
