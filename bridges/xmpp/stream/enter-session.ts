import { ns } from '../namespaces.ts';
import { authenticate } from './authenticate.ts';
import { establishSession, type EstablishedSession } from './establish-session.ts';
import type { SecureStream } from './open-secure-stream.ts';
import type { Authenticated, SessionPlan } from './signed-in.ts';
import type { StreamEngineOptions } from './stream-options.ts';
import { element } from './xml/element.ts';

/** A session that stands, and how we came by it. */
export interface EnteredSession {
  readonly secure: SecureStream;
  readonly signedIn: Authenticated;
  readonly session: EstablishedSession;
  /** There was an earlier one that could have been taken up again. */
  readonly wasResumable: boolean;
}

/**
 * Signs in and resumes or binds: in one step where the server can, otherwise one after the other.
 * @throws BridgeError what a person or a later attempt has to deal with
 */
export async function enterSession(
  secure: SecureStream,
  { stream, resource }: Pick<StreamEngineOptions, 'stream' | 'resource'>,
  plan: SessionPlan,
): Promise<EnteredSession> {
  const { resumable } = plan;
  const signedIn = await authenticate(secure, stream, plan);
  const offered = signedIn.features ?? element('features', { xmlns: ns.streams });
  const session = signedIn.session ?? (await establishSession(secure.connection, offered, resumable, resource, stream.stepDeadlineMs));
  return { secure, signedIn, session, wasResumable: resumable !== null };
}
