/**
 * Reads the words after `npm start --`.
 * @param {readonly string[]} words
 * @returns {{ isBrowser: boolean, profileDir: string | null, rest: string[] }} `rest`: `palomar:` links, passed on
 * @throws Error naming a word that is not understood
 */
export function readStartOptions(words) {
  const options = { isBrowser: false, profileDir: null, rest: [] };
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === '--browser') options.isBrowser = true;
    else if (word === '--profile' && words[index + 1]) options.profileDir = words[(index += 1)];
    else if (word.startsWith('--profile=')) options.profileDir = word.slice('--profile='.length);
    else if (word.startsWith('palomar:')) options.rest.push(word);
    else throw new Error(`unknown word "${word}". Usage: npm start -- [--browser] [--profile DIR]`);
  }
  return options;
}
