/**
 * Signs beside a message of an encrypted conversation: what speaks against taking it for what it looks like.
 * `in-clear`: it came without encryption. `unverified-device`: its owner has not said that the device is theirs.
 * `unknown-device`: that device is deleted or was never known. `identity-changed`: from somebody we verified, who has
 * another identity since. `not-sure`: its key came over others or from a file. `wrong-sender`: the key belongs to
 * somebody else than the message says.
 */
export const messageShields = ['in-clear', 'unverified-device', 'unknown-device', 'identity-changed', 'not-sure', 'wrong-sender'] as const;
export type MessageShield = (typeof messageShields)[number];
