/** What `npm start -- --help` prints. */
export const usage = `npm start [-- OPTION ...]

  --browser        open in a browser instead of a window of its own
  --profile DIR    keep accounts and messages in DIR
  --port N         with --browser: the port on 127.0.0.1, instead of a free one
  --help           this text
`;

/**
 * Reads the words after `npm start --`.
 * @param {readonly string[]} words
 * @returns {{ isBrowser: boolean, isHelp: boolean, profileDir: string | null, port: number | null, rest: string[] }}
 *   `rest`: `palomar:` links, passed on
 * @throws Error naming a word that is not understood
 */
export function readStartOptions(words) {
  const options = { isBrowser: false, isHelp: false, profileDir: null, port: null, rest: [] };
  const queue = words.flatMap((word) => (/^--(profile|port)=/.test(word) ? splitOnce(word) : [word]));
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === '--browser') options.isBrowser = true;
    else if (word === '--help' || word === '-h') options.isHelp = true;
    else if (word === '--profile') options.profileDir = valueOf(word, 'a folder', queue.shift());
    else if (word === '--port') options.port = readPort(valueOf(word, 'a number', queue.shift()));
    else if (word.startsWith('palomar:')) options.rest.push(word);
    else throw new Error(`"${word}" is not understood.\n\n${usage}`);
  }
  return options;
}

function splitOnce(word) {
  const at = word.indexOf('=');
  return [word.slice(0, at), word.slice(at + 1)];
}

function valueOf(word, what, value) {
  if (!value || value.startsWith('--')) throw new Error(`${word} needs ${what} after it.\n\n${usage}`);
  return value;
}

function readPort(text) {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`--port needs a number from 1 to 65535, not "${text}".`);
  return port;
}
