import { expect, it } from 'vitest';
import { readStartOptions } from '../../../build/scripts/start-options.mjs';

it('reads a folder and a port, with a space or an equals sign', () => {
  const expected = { isBrowser: true, isHelp: false, profileDir: '/home/õ b/x=y', port: 8080, rest: [] };
  expect(readStartOptions(['--browser', '--profile', '/home/õ b/x=y', '--port', '8080'])).toEqual(expected);
  expect(readStartOptions(['--browser', '--profile=/home/õ b/x=y', '--port=8080'])).toEqual(expected);
});

it.each([[['--brower'], /"--brower" is not understood/], [['--profile'], /needs a folder/], [['--profile', '--browser'], /needs a folder/], [['--port', '70000'], /1 to 65535/]])(
  'says what is wrong with %j',
  (words, message) => expect(() => readStartOptions(words)).toThrow(message),
);
