// needs: synapse tools
/** The generator for administrators: its files have the shapes that their readers want, and real servers start from them. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { generate } from '../../../build/bridge-host/generate.mjs';
import { knownBridges } from '../../../build/bridge-host/known-bridges.mjs';
import { tempFolder } from '../../kit/temp-folder.ts';
import { until } from '../../kit/until.ts';
import { pickFreePorts } from '../../lab/index.ts';
import { pythonEnvironment } from '../../lab/core/python-environment.ts';
import { runCommand } from '../../lab/core/run-command.ts';
import { ServerProcess } from '../../lab/core/server-process.ts';
import { matrixPeer } from '../../lab/peers/matrix-peer.ts';
import { registerUser } from '../../lab/synapse/register-user.ts';
import { synapsePython } from '../../lab/synapse/synapse-environment.ts';
import { isListening } from '../../lab/core/is-listening.ts';

const wish = {
  serverName: 'example.org',
  matrixHost: 'matrix.example.org',
  admin: 'it',
  bridges: ['whatsapp', 'telegram', 'heisenbridge'],
  options: { telegram: { api_id: 12345, api_hash: 'abc' } },
};

/** Read by the library that Synapse and the bridges' own tools read it with. */
const readYaml = async (file: string): Promise<unknown> => {
  const script = 'import sys, json, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))';
  return JSON.parse(await runCommand(await synapsePython(), ['-c', script, file]));
};

const token = z.string().regex(/^[0-9a-f]{64}$/u);
const registrationSchema = z.strictObject({
  id: z.string().min(1),
  url: z.url(),
  as_token: token,
  hs_token: token,
  sender_localpart: z.string().min(1),
  rate_limited: z.literal(false),
  'de.sorunome.msc2409.push_ephemeral': z.boolean().optional(),
  receive_ephemeral: z.boolean().optional(),
  namespaces: z.strictObject({
    users: z.array(z.strictObject({ exclusive: z.literal(true), regex: z.string().endsWith(String.raw`:example\.org$`) })).min(1),
    aliases: z.array(z.never()),
    rooms: z.array(z.never()),
  }),
});
/** The part of the Compose Specification that is used. */
const serviceSchema = z.strictObject({
  image: z.string().regex(/^[a-z0-9./-]+:[\w.-]+$/u),
  restart: z.literal('unless-stopped'),
  networks: z.array(z.string()),
  security_opt: z.array(z.string()),
  volumes: z.array(z.string().regex(/^\.\/[^:]+:\/[^:]+(?::ro)?$/u)),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.enum(['service_started', 'service_healthy']) })).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  command: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  healthcheck: z.strictObject({ test: z.array(z.string()), interval: z.string(), timeout: z.string(), retries: z.number() }).optional(),
});
const composeSchema = z.strictObject({ name: z.string(), services: z.record(z.string(), serviceSchema), networks: z.record(z.string(), z.strictObject({})) });
const bridgeSchema = z.strictObject({
  network: z.record(z.string(), z.unknown()),
  bridge: z.strictObject({ permissions: z.record(z.string(), z.enum(['user', 'admin'])) }),
  database: z.strictObject({ type: z.literal('postgres'), uri: z.string().startsWith('postgres://') }),
  homeserver: z.strictObject({ address: z.url(), domain: z.literal('example.org'), software: z.literal('standard') }),
  appservice: z.strictObject({
    ...{ address: z.url(), hostname: z.string(), port: z.number(), id: z.string(), as_token: token, hs_token: token },
    bot: z.strictObject({ username: z.string() }),
    ephemeral_events: z.literal(true),
    username_template: z.string().includes('{{.}}'),
  }),
  matrix: z.strictObject({ message_status_events: z.literal(true), delivery_receipts: z.literal(true), message_error_notices: z.literal(true) }),
  // Below 16 characters the whole API is off.
  provisioning: z.strictObject({ shared_secret: z.string().min(16), allow_matrix_auth: z.literal(true) }),
  backfill: z.strictObject({ enabled: z.boolean(), max_initial_messages: z.number() }),
  encryption: z.strictObject({ allow: z.literal(false) }),
});

describe('the files for a bridge host', () => {
  it('have the shapes their readers want, and agree with each other', async () => {
    const folder = tempFolder('bridge-host');
    generate(wish, folder);
    const read = (path: string) => readYaml(join(folder, path));
    const compose = composeSchema.parse(await read('compose.yaml'));
    expect(Object.keys(compose.services)).toEqual(['postgres', 'synapse', 'whatsapp', 'telegram', 'heisenbridge', 'front']);
    // Nothing but the front is reached from outside.
    expect(Object.entries(compose.services).filter(([, { ports }]) => ports !== undefined).map(([name]) => name)).toEqual(['front']);
    for (const name of ['whatsapp', 'telegram']) {
      const registration = registrationSchema.parse(await read(`registrations/${name}.yaml`));
      const { appservice, database } = bridgeSchema.parse(await read(`${name}/config.yaml`));
      expect([registration.as_token, registration.hs_token, registration.url]).toEqual([appservice.as_token, appservice.hs_token, appservice.address]);
      expect(readFileSync(join(folder, 'postgres/init/databases.sql'), 'utf8')).toContain(new URL(database.uri).password);
    }
    const homeserver = z.object({ app_service_config_files: z.array(z.string()) }).parse(await read('synapse/homeserver.yaml'));
    expect(homeserver.app_service_config_files).toEqual(wish.bridges.map((name) => `/registrations/${name}.yaml`));
    const wellKnown = JSON.parse(readFileSync(join(folder, 'front/well-known/mautrix.json'), 'utf8')) as Record<string, unknown>;
    expect(wellKnown['fi.mau.bridges']).toEqual(['https://matrix.example.org/bridges/whatsapp', 'https://matrix.example.org/bridges/telegram']);
  });

  it.each(Object.keys(knownBridges))('are right for every bridge that can be chosen: %s', async (name) => {
    const folder = tempFolder('bridge-host');
    const options = { telegram: { api_id: 1, api_hash: 'a' }, meta: { mode: 'instagram' } };
    generate({ ...wish, bridges: [name], options }, folder);
    const read = (path: string) => readYaml(join(folder, path));
    const { services } = composeSchema.parse(await read('compose.yaml'));
    expect(Object.keys(services)).toEqual(['postgres', 'synapse', name, 'front']);
    const registration = await read(`registrations/${name}.yaml`);
    expect(await read(`${name}/registration.yaml`)).toEqual(registration);
    if (name === 'heisenbridge') return;
    const { url, namespaces, as_token: asToken } = registrationSchema.parse(registration);
    const { appservice, network } = bridgeSchema.parse(await read(`${name}/config.yaml`));
    expect([url, asToken]).toEqual([appservice.address, appservice.as_token]);
    expect(network).toEqual((options as Record<string, unknown>)[name] ?? {});
    // Its own people and its bot are in its namespace, and nobody else's are.
    const isIts = (local: string): boolean => namespaces.users.some(({ regex }) => new RegExp(regex, 'u').test(`@${local}:example.org`));
    const ghost = appservice.username_template.replace('{{.}}', '34600');
    expect([ghost, appservice.bot.username, 'it', `x${ghost}`].map(isIts)).toEqual([true, true, false, false]);
  });

  it('keep their secrets when they are made again, and are closed to others on the machine', () => {
    const folder = join(tempFolder('bridge-host'), 'new');
    const all = (): string[] => generate(wish, folder).files.map((path) => readFileSync(join(folder, path), 'utf8'));
    const first = all();
    expect(all()).toEqual(first);
    expect(statSync(folder).mode & 0o077).toBe(0);
    expect(statSync(join(folder, 'secrets.json')).mode & 0o077).toBe(0);
  });

  it.each([
    [{ ...wish, bridges: ['nothing'] }, 'no bridge "nothing"'],
    [{ ...wish, options: {} }, 'options.telegram.api_id'],
    [{ ...wish, serverName: 'not a domain' }, '"serverName"'],
    [{ ...wish, admin: '@it:example.org' }, '"admin"'],
    [{ ...wish, bridgse: [] }, '"bridgse" means nothing'],
  ])('are not made from a mistake', (raw, words) => {
    expect(() => generate(raw, tempFolder('bridge-host'))).toThrow(words);
  });
});

describe('servers started from these files, without containers', () => {
  it('are a Synapse that knows its bridge, and a heisenbridge that invites its owner', async () => {
    const folder = tempFolder('bridge-host');
    const [homeserverPort = 0, bridgePort = 0] = await pickFreePorts(2);
    generate({ ...wish, bridges: ['heisenbridge'], options: {} }, folder, { homeserverPort, bridgePorts: { heisenbridge: bridgePort } });
    const baseUrl = `http://127.0.0.1:${String(homeserverPort)}`;
    const synapse = new ServerProcess({
      name: 'Synapse',
      command: await synapsePython(),
      args: ['-m', 'synapse.app.homeserver', '--config-path', join(folder, 'synapse/homeserver.yaml')],
      cwd: folder,
      outputFile: join(folder, 'synapse.log'),
      isReady: async () => (await fetch(`${baseUrl}/health`)).ok,
    });
    onTestFinished(() => synapse.stop());
    await synapse.start();
    const { registration_shared_secret: secret } = z.object({ registration_shared_secret: z.string() }).parse(await readYaml(join(folder, 'synapse/homeserver.yaml')));
    await registerUser(baseUrl, secret, { name: 'it', password: 'it-secret-1', isAdmin: true });

    const requirements = fileURLToPath(new URL('../../lab/heisenbridge/requirements.txt', import.meta.url));
    const program = join(dirname(await pythonEnvironment('heisenbridge', requirements)), 'heisenbridge');
    const bridge = new ServerProcess({
      name: 'heisenbridge',
      command: program,
      args: ['-c', join(folder, 'heisenbridge/registration.yaml'), '-l', '127.0.0.1', '-p', String(bridgePort), '-o', '@it:example.org', baseUrl],
      cwd: folder,
      outputFile: join(folder, 'heisenbridge.log'),
      isReady: () => isListening(bridgePort),
    });
    onTestFinished(() => bridge.stop());
    await bridge.start();
    const owner = await matrixPeer({ baseUrl, userId: '@it:example.org', password: 'it-secret-1' });
    await until(async () => Object.keys((await owner.sync(500)).rooms?.invite ?? {}).length > 0, { label: 'the invitation to the control room', timeoutMs: 30_000 });
  });
});
