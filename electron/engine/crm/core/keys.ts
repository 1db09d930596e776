import { createHmac } from 'node:crypto';

/**
 * Names of what we write, the same on every device of a team because all derive them from one workspace key.
 * HMAC and not a plain hash: a hash of a telephone number is guessed in seconds.
 */
export interface PushKeys {
  /** Of the person (or group) at a network: one contact however many conversations. */
  contact(networkId: string, handle: string): string;
  container(conversationStableId: string): string;
  /** Of a note, by the first block inside. */
  note(conversationStableId: string, firstBlockId: string): string;
  file(conversationStableId: string, entryId: string, attachmentStableId: string): string;
  /** Short name of a block, to tell how far a note reaches. */
  mark(conversationStableId: string, blockId: string): string;
}

const prefix = 'pal1.';
/** 16 characters of 5 bits: no accidental twins among billions. */
const keyChars = 16;
const markChars = 10;

/** Every key of ours, and nothing else, looks like this. */
export const keyPattern = /^pal1\.[a-z2-7]{16}$/;
export const keyPrefix = prefix;

/** @param workspaceKey 32 random bytes, shared by the devices of a team */
export function createPushKeys(workspaceKey: Uint8Array): PushKeys {
  const digest = (chars: number, ...words: readonly string[]): string => {
    const hmac = createHmac('sha256', workspaceKey);
    // Length first, so that no two lists of words can run into the same bytes.
    for (const word of words) hmac.update(`${Buffer.byteLength(word)}:`).update(word);
    return base32(hmac.digest()).slice(0, chars);
  };
  const key = (...words: readonly string[]): string => `${prefix}${digest(keyChars, ...words)}`;
  return {
    contact: (networkId, handle) => key('contact', networkId, handle),
    container: (conversation) => key('container', conversation),
    note: (conversation, block) => key('note', conversation, block),
    file: (conversation, entry, attachment) => key('file', conversation, entry, attachment),
    mark: (conversation, block) => digest(markChars, 'mark', conversation, block),
  };
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648 base32, lower case, without padding. */
function base32(bytes: Uint8Array): string {
  let bits = 0;
  let value = 0;
  let text = '';
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0x1fff;
    bits += 8;
    while (bits >= 5) {
      text += alphabet.charAt((value >>> (bits - 5)) & 31);
      bits -= 5;
    }
  }
  return text;
}
