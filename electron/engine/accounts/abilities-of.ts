import type { BridgeSession } from '#bridge';

/** Every ability that a session may have or not, by the name under which the interface asks for it. */
const abilityNames = [
  'history',
  'edits',
  'reactions',
  'receipts',
  'typing',
  'attachments',
  'directory',
  'membership',
  'rooms',
  'pins',
  'folderKeeping',
  'threads',
  'polls',
  'contacts',
  'profiles',
  'blocking',
  'ownPresence',
  'avatars',
  'services',
  'peopleSearch',
  'diagnostics',
  'encryption',
  'archiveRule',
] as const satisfies readonly (keyof BridgeSession)[];

/** The names of the abilities that a running session has; none while the account does not run. */
export const abilitiesOf = (session: BridgeSession | null): readonly string[] =>
  session === null ? [] : abilityNames.filter((name) => session[name] !== undefined);
