/** People as `#model` and `#bridge` know them, as far as the interface shows them. */
export type { Presence } from '#model';

export type ContactBond = 'none' | 'asked' | 'sees-us' | 'we-see' | 'mutual';
export type ProfileVisibility = 'everybody' | 'contacts';
export type ReportReason = 'spam' | 'abuse';

/** A business card; unknown parts are null or empty. The twin of the bridge contract's, without the picture. */
export interface ProfileCard {
  readonly fullName: string | null;
  readonly nickname: string | null;
  readonly organization: string | null;
  readonly role: string | null;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly urls: readonly string[];
  readonly address: string | null;
  readonly birthday: string | null;
  readonly note: string | null;
}
