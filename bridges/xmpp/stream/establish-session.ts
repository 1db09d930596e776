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
  | { readonly kind: 'resumed'; readonly acknowledged: number }
  | {
      readonly kind: 'fresh';
      readonly jid: string;
      readonly canManageStream: boolean;
      /** Null when the server keeps no session for us. */
      readonly resumptionId: string | null;
      /** How far the server got with the session that could not be resumed, if it remembers. */
      readonly acknowledgedBefore: number | null;
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
    const { id, inbound } = resumable;
    const request = element('resume', { xmlns: ns.streamManagement, previd: id, h: String(inbound) });
    connection.write(serialize(request));
    const answer = await connection.next(deadlineMs);
    if (answer.is('resumed', ns.streamManagement)) {
      return { kind: 'resumed', acknowledged: counter(answer) ?? Number.NaN };
    }
    if (!answer.is('failed', ns.streamManagement)) throw unexpectedAnswer(answer, connection.host);
    acknowledgedBefore = counter(answer);
  }
  const jid = await bind(connection, resource, deadlineMs);
  const resumptionId = canManageStream ? await enable(connection, deadlineMs) : undefined;
  return {
    kind: 'fresh',
    jid,
    canManageStream: resumptionId !== undefined,
    resumptionId: resumptionId ?? null,
    acknowledgedBefore,
  };
}

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

function counter(answer: XmlElement): number | null {
  const h = answer.attribute('h');
  return h !== undefined && /^\d{1,10}$/.test(h) ? Number(h) : null;
}
