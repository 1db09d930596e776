/**
 * A file name as RT 5 takes it: plain ASCII as it is, anything else as MIME encoded words (RFC 2047). Sent as plain
 * JSON text, RT 5.0 mangles Latin names and answers 500 to all others.
 */
export function encodedName(name: string): string {
  if (/^[\u0020-\u007e]*$/.test(name) && !name.includes('=?')) return name;
  const words: string[] = [];
  let word = '';
  for (const character of name) {
    if (Buffer.byteLength(word + character) > maxWordBytes) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  words.push(word);
  return words.map((text) => `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`).join(' ');
}

/** An encoded word has at most 75 characters: 45 bytes become 60. */
const maxWordBytes = 45;

const safeTypes = /^(application|image|audio|video|font|model)\/[\w.+-]{1,100}$/;

/** RT recodes text parts and unpacks mails; as plain bytes they stay what they are. */
export const safeMime = (mime: string): string => (safeTypes.test(mime) ? mime : 'application/octet-stream');
