import type { ChannelBindingType } from '../extensions/0440-channel-binding-types.ts';
import type { FastMechanism } from '../extensions/0484-fast.ts';
import type { EstablishedSession, Resumable } from './establish-session.ts';
import type { MechanismName } from './sasl/choose-mechanism.ts';
import type { XmlElement } from './xml/element.ts';

/** The session that is wanted along with the sign-in. */
export interface SessionPlan {
  readonly resumable: Resumable | null;
  readonly isActive: boolean;
}

/** How a sign-in went, and how far it led. */
export interface Authenticated {
  readonly profile: 'sasl' | 'sasl2';
  readonly mechanism: MechanismName | FastMechanism;
  readonly binding: ChannelBindingType | null;
  /** Features that follow success; null while a session stands already and they are still on their way. */
  readonly features: XmlElement | null;
  /** Null when resuming or binding is yet to be done. */
  readonly session: EstablishedSession | null;
}
