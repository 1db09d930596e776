/** An event that breaks the contract: it goes to quarantine, the rest of its batch does not. */
export class InvalidEvent extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'InvalidEvent';
  }
}

const maxNameLength = 4_096;
/** Longer texts are cut: more than a person reads, less than what hurts. */
export const maxTextLength = 262_144;

/** A remote id: a non-empty string of bearable length. */
export function checkName(value: unknown, field: string): void {
  if (typeof value !== 'string' || value === '' || value.length > maxNameLength) {
    throw new InvalidEvent(`${field} is not a usable name`);
  }
}

const earliestMs = Date.UTC(1990, 0, 1);
const dayMs = 86_400_000;

/** A time as a network tells it, made sane: 1990 to tomorrow; what is no number at all becomes now. */
export function clampTime(value: unknown, nowMs: number): number {
  if (typeof value !== 'number' || Number.isNaN(value)) return nowMs;
  return Math.floor(Math.min(Math.max(value, earliestMs), nowMs + dayMs));
}
