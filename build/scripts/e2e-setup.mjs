/**
 * Makes everything ready for end-to-end tests and prints where it is, as one JSON line at the end: the built
 * app, an Electron, Node 24, and the ordinary user they run as. Its reader removes `stagedDir` afterwards.
 */
import { findElectron } from '../setup/find-electron.mjs';
import { projectDir } from '../setup/paths.mjs';
import { prepare, runMain } from '../setup/prepare.mjs';
import { stageApp } from '../setup/stage-app.mjs';
import { ensureTestUser } from '../setup/test-user.mjs';
import { buildApp } from './build-app.mjs';

runMain(async () => {
  const log = (line) => console.error(`palomar: ${line}`);
  const { node, env } = await prepare({ log });
  await buildApp({ node, env, log });
  const found = await findElectron({ node, env, log });
  if (!found.executable) throw new Error(found.reason);

  const user = ensureTestUser();
  const staged = user ? stageApp({ electron: found.executable, node }) : null;
  const places = staged ?? { appDir: projectDir, electron: found.executable, node };
  const { appDir, electron } = places;
  console.log(JSON.stringify({ appDir, electron, electronKind: found.kind, node: places.node, user, stagedDir: staged?.dir ?? null }));
});
