/** The nickname we take in a room unless told. */
export const ownNick = (ownBareJid: string): string => ownBareJid.slice(0, ownBareJid.indexOf('@'));
