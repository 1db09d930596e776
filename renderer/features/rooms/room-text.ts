import type { RpcError } from '../../rpc/index.ts';

/** What a room says about why it does not let us in, each with a sentence of its own. */
const sentences: Readonly<Record<string, string>> = {
  'password-required': 'rooms.passwordAsked',
  'nickname-taken': 'rooms.nicknameTaken',
  'alias-taken': 'rooms.aliasTaken',
  'members-only': 'rooms.membersOnly',
  banned: 'rooms.banned',
  'captcha-required': 'rooms.captcha',
  knocked: 'rooms.knocked',
};

/** The key of the sentence; null: the fault's own words will do. */
export const refusalKey = (error: RpcError | null): string | null => {
  const detail = error?.detail ?? '';
  return Object.hasOwn(sentences, detail) ? (sentences[detail] ?? null) : null;
};

export { splitAddresses } from '../../ui/split-addresses.ts';
