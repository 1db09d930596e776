/** Builds the rooms named on the command line (all without any), under Node 24. `--watch` keeps rebuilding. */
import { build } from 'vite';
import { roomBuilds } from './room-builds.mjs';

const words = process.argv.slice(2);
const isWatching = words.includes('--watch');
const named = words.filter((word) => !word.startsWith('--'));
const rooms = named.length > 0 ? named : Object.keys(roomBuilds);

for (const room of rooms) {
  const config = roomBuilds[room];
  if (!config) throw new Error(`no such room: ${room}; there are ${Object.keys(roomBuilds).join(', ')}`);
  const settings = config();
  // The app may be running from what is there, so nothing is removed meanwhile.
  if (isWatching) Object.assign(settings.build, { watch: {}, emptyOutDir: false });
  await build(settings);
}
