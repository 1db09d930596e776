import { knownBridges } from './known-bridges.mjs';

const domain = /^(?=.{1,230}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const localpart = /^[a-z0-9._=/+-]{1,100}$/;

/**
 * Checks what an administrator wrote, with a sentence for each mistake.
 * @throws Error
 */
export function readConfig(raw) {
  const wrong = (text) => {
    throw new Error(`bridge-host configuration: ${text}`);
  };
  if (typeof raw !== 'object' || raw === null) wrong('it is no object');
  const known = ['serverName', 'matrixHost', 'admin', 'bridges', 'options', 'imageTags'];
  const unknown = Object.keys(raw).find((key) => !known.includes(key));
  if (unknown) wrong(`"${unknown}" means nothing; there are ${known.join(', ')}`);
  const { serverName, matrixHost, admin, bridges = [], options = {}, imageTags = {} } = raw;
  if (!domain.test(serverName ?? '')) wrong('"serverName" has to be the domain of your addresses, as example.org');
  if (!domain.test(matrixHost ?? '')) wrong('"matrixHost" has to be the name of this server, as matrix.example.org');
  if (!localpart.test(admin ?? '')) wrong('"admin" has to be the name of your own account without @ and domain');
  if (!Array.isArray(bridges) || bridges.length === 0) wrong('"bridges" has to name at least one');
  for (const name of bridges) {
    if (!Object.hasOwn(knownBridges, name)) wrong(`no bridge "${name}"; there are ${Object.keys(knownBridges).join(', ')}`);
    const missing = (knownBridges[name].needs ?? []).find((need) => !options[name]?.[need]);
    if (missing) wrong(`"${name}" needs options.${name}.${missing} (see docs/bridges.md)`);
  }
  if (new Set(bridges).size !== bridges.length) wrong('a bridge is named twice');
  return { serverName, matrixHost, admin, bridges, options, imageTags };
}
