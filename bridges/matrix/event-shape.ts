/** Careful readers of JSON from strangers: any value may have any shape. */
import { proofOf, type Proof } from './crypto/proof.ts';
import { isEventId, isUserId } from './ids.ts';

export type JsonRecord = Readonly<Record<string, unknown>>;

const nothing: JsonRecord = Object.freeze({});

/** The value when it is a plain object, else an empty one. */
export const asRecord = (value: unknown): JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : nothing;

export const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const asString = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export const asCount = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

/** Own entries only, so that `__proto__` or `constructor` as a key stay what they are: text. */
export const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] => Object.entries(asRecord(value));

/** Longest text taken over. The protocol allows 65,536 bytes an event; only a hostile server sends more. */
const maxTextLength = 100_000;

/** Text for a timeline: clamped, without NUL (which ends strings in too many places). */
export const asText = (value: unknown): string => {
  if (typeof value !== 'string') return '';
  const clamped = value.length > maxTextLength ? `${value.slice(0, maxTextLength)}…` : value;
  return clamped.replaceAll('\u0000', '').toWellFormed();
};

const maxNameLength = 256;

/** A name on one line: display names, titles, file names. Null when nothing visible is left. */
export const asName = (value: unknown): string | null => {
  if (typeof value !== 'string') return null;
  const oneLine = value
    .slice(0, maxNameLength * 2)
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/gu, ' ')
    .trim();
  return oneLine === '' ? null : oneLine.slice(0, maxNameLength).toWellFormed();
};

/** Nothing on this network is older. */
const earliestMs = Date.UTC(1990, 0, 1);
/** Clocks of honest servers differ by seconds. */
const allowedSkewMs = 60_000;

/** A time stamp clamped to what can be true; an unusable one becomes `nowMs`. */
export const asTimeMs = (value: unknown, nowMs: number): number => {
  if (typeof value !== 'number' || !Number.isFinite(value)) return nowMs;
  return Math.trunc(Math.min(Math.max(value, earliestMs), nowMs + allowedSkewMs));
};

/** A room event with every field checked except the inside of `content` and `unsigned`. */
export interface RoomEvent {
  readonly eventId: string;
  readonly type: string;
  readonly sender: string;
  readonly sentAtMs: number;
  /** Present: a state event. */
  readonly stateKey: string | undefined;
  readonly content: JsonRecord;
  readonly unsigned: JsonRecord;
  /** Target of a redaction: top level until room version 10, in `content` since 11. */
  readonly redacts: string | undefined;
  /** Null: it came in clear, or could not be decrypted. */
  readonly proof: Proof | null;
}

/** Reads an event of a timeline or of state; null when it cannot be one (no id, sender or type). */
export const readRoomEvent = (value: unknown, nowMs: number): RoomEvent | null => {
  const raw = asRecord(value);
  const { event_id: eventId, sender, type } = raw;
  if (!isEventId(eventId) || !isUserId(sender) || typeof type !== 'string') return null;
  const content = asRecord(raw['content']);
  const redacts = raw['redacts'] ?? content['redacts'];
  return {
    eventId,
    type,
    sender,
    sentAtMs: asTimeMs(raw['origin_server_ts'], nowMs),
    stateKey: asString(raw['state_key']),
    content,
    unsigned: asRecord(raw['unsigned']),
    redacts: isEventId(redacts) ? redacts : undefined,
    proof: proofOf(raw),
  };
};
