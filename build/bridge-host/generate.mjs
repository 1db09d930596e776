/**
 * `node build/bridge-host/generate.mjs CONFIG.json FOLDER`: everything to run a Matrix homeserver with bridges on a
 * server of one's own. See docs/bridges.md. Run it again after a change: secrets stay as they are.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mautrixConfig, registrationOf } from './bridge-files.mjs';
import { composeFile, databaseScript } from './compose-file.mjs';
import { caddyfile, wellKnown } from './front-files.mjs';
import { homeserverConfig, logConfig } from './homeserver-files.mjs';
import { knownBridges } from './known-bridges.mjs';
import { readConfig } from './read-config.mjs';
import { newSigningKey, openSecrets } from './secrets.mjs';
import { toYaml } from './to-yaml.mjs';

/**
 * @typedef {object} Bare Everything on this machine, without containers: for trials and for the check of this generator.
 * @property {number} homeserverPort
 * @property {Readonly<Record<string, number>>} bridgePorts
 */

/**
 * Writes the files.
 * @param {unknown} raw what the administrator wrote
 * @param {string} folder
 * @param {Bare | null} bare
 * @returns {{ files: string[], config: ReturnType<typeof readConfig> }}
 */
export function generate(raw, folder, bare = null) {
  const config = readConfig(raw);
  const root = resolve(folder);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const secret = openSecrets(root);
  const files = [];
  const write = (path, text) => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    // Nearly every file holds a token. Others on the host do not get past the folder; the containers' own users have to.
    writeFileSync(file, text, { mode: 0o644 });
    files.push(path);
  };
  const urlOf = (name) => (bare === null ? `http://${name}:${String(knownBridges[name].port)}` : `http://127.0.0.1:${String(bare.bridgePorts[name])}`);
  const homeserverUrl = bare === null ? 'http://synapse:8008' : `http://127.0.0.1:${String(bare.homeserverPort)}`;
  const databaseOf = (name) => `postgres://${name}:${secret(`postgres.${name}`)}@postgres/${name}?sslmode=disable`;
  const context = { config, secret, urlOf, homeserverUrl, databaseOf };

  for (const name of config.bridges) {
    const registration = toYaml(registrationOf(name, context), `How Synapse and ${name} know each other. Keep it secret.`);
    write(`registrations/${name}.yaml`, registration);
    if (knownBridges[name].kind === 'mautrix') write(`${name}/config.yaml`, toYaml(mautrixConfig(name, context)));
    write(`${name}/registration.yaml`, registration);
  }
  const place = bare === null ? '/config' : join(root, 'synapse');
  const registrations = bare === null ? '/registrations' : join(root, 'registrations');
  write(
    'synapse/homeserver.yaml',
    toYaml(
      homeserverConfig({
        config,
        secret,
        paths: { data: bare === null ? '/data' : root, logConfig: `${place}/log.yaml`, signingKey: `${place}/signing.key` },
        database: bare === null ? postgres(secret) : { name: 'sqlite3', args: { database: join(root, 'homeserver.db') } },
        port: bare?.homeserverPort ?? 8008,
        bindAddress: bare === null ? '0.0.0.0' : '127.0.0.1',
        registrations: config.bridges.map((name) => `${registrations}/${name}.yaml`),
      }),
    ),
  );
  write('synapse/log.yaml', toYaml(logConfig));
  write('synapse/signing.key', `${secret('synapse.signing_key', newSigningKey)}\n`);
  if (bare !== null) return { files, config };

  const withDatabase = ['synapse', ...config.bridges.filter((name) => knownBridges[name].kind === 'mautrix')];
  mkdirSync(join(root, 'synapse-data'), { recursive: true });
  write('postgres/init/databases.sql', databaseScript(withDatabase, secret));
  write('front/Caddyfile', caddyfile(config));
  for (const [name, body] of Object.entries(wellKnown(config))) write(`front/well-known/${name}.json`, `${JSON.stringify(body, undefined, 1)}\n`);
  write('compose.yaml', toYaml(composeFile({ config, secret })));
  return { files, config };
}

const postgres = (secret) => ({
  name: 'psycopg2',
  args: { user: 'synapse', password: secret('postgres.synapse'), dbname: 'synapse', host: 'postgres', cp_min: 5, cp_max: 10 },
});

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [configFile, folder] = process.argv.slice(2);
  if (!configFile || !folder) {
    console.error('usage: node build/bridge-host/generate.mjs CONFIG.json FOLDER');
    process.exitCode = 2;
  } else {
    try {
      const { files, config } = generate(JSON.parse(readFileSync(configFile, 'utf8')), folder);
      console.log(`${String(files.length)} files in ${resolve(folder)}. Next: docker compose up -d (see docs/bridges.md).`);
      for (const name of config.bridges) console.log(`  ${name}: ${knownBridges[name].risk}`);
    } catch (error) {
      console.error(error.message);
      process.exitCode = 1;
    }
  }
}
