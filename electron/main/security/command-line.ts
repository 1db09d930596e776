import { resolve } from 'node:path';

/**
 * Switches of Node and Chromium that open a debugger, run another program in a process's place, load foreign
 * code or take protections away. A release refuses to start with any of them.
 */
const forbiddenSwitches: readonly RegExp[] = [
  /^--inspect(-|=|$)/,
  /^--debug(-|=|$)/,
  /^--remote-(debugging|allow)/,
  /^--js-flags(=|$)/,
  /^--(gpu|renderer|utility|ppapi|plugin|zygote)[a-z-]*-(launcher|prefix)(=|$)/,
  /^--browser-subprocess-path(=|$)/,
  /^--(require|import|loader|experimental-loader|eval|print)(=|$)/,
  /^-[repi]$/,
  /^--load-extension(=|$)/,
  /^--disable-web-security(=|$)/,
  /^--disable-(seccomp|site-isolation|features|namespace|setuid)[a-z-]*(=|$)/,
  /^--allow-(file-access|running-insecure)[a-z-]*(=|$)/,
  /^--ignore-certificate-errors[a-z-]*(=|$)/,
  /^--host-(resolver-)?rules(=|$)/,
  /^--proxy-(server|pac-url)(=|$)/,
  /^--(ssl-key-log-file|log-net-log|unsafely-[a-z-]+)(=|$)/,
];

/** @returns the words of a command line that a release does not start with */
export const findForbiddenSwitches = (words: readonly string[]): string[] =>
  words.filter((word) => forbiddenSwitches.some((pattern) => pattern.test(word.toLowerCase())));

/** A second start hands its words to the first one over a socket that takes 32 KiB; more would stall both. */
const mostCharacters = 8_192;

/** Whether a command line is one that no person and no system of theirs would write. */
export const isOverlong = (words: readonly string[]): boolean => words.join(' ').length > mostCharacters;

/** The folder of `--profile DIR` or `--profile=DIR`, absolute; null: not given. */
export const readProfileOption = (words: readonly string[]): string | null => {
  for (const [index, word] of words.entries()) {
    const next = words[index + 1];
    if (word === '--profile' && next !== undefined && !next.startsWith('-')) return resolve(next);
    if (word.startsWith('--profile=') && word.length > '--profile='.length) return resolve(word.slice('--profile='.length));
  }
  return null;
};
