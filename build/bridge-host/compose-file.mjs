import { knownBridges } from './known-bridges.mjs';

const always = { restart: 'unless-stopped', networks: ['inside'], security_opt: ['no-new-privileges:true'] };

/** The compose file. Only the front is open to the world. */
export function composeFile({ config, secret }) {
  const tag = (name, usual) => config.imageTags[name] ?? usual;
  const healthy = { postgres: { condition: 'service_healthy' } };
  const bridges = config.bridges.map((name) => {
    const { kind, image, port } = knownBridges[name];
    const service = {
      ...always,
      image: `${image}:${tag(name, 'latest')}`,
      volumes: [kind === 'mautrix' ? `./${name}:/data` : `./${name}:/config`],
      depends_on: { ...(kind === 'mautrix' ? healthy : {}), synapse: { condition: 'service_started' } },
    };
    if (kind === 'mautrix') return [name, service];
    const owner = `@${config.admin}:${config.serverName}`;
    return [name, { ...service, command: ['-c', '/config/registration.yaml', '-l', '0.0.0.0', '-p', String(port), '-o', owner, 'http://synapse:8008'] }];
  });
  return {
    name: 'palomar-bridges',
    services: {
      postgres: {
        ...always,
        image: `docker.io/postgres:${tag('postgres', '17-alpine')}`,
        environment: {
          POSTGRES_USER: 'postgres',
          POSTGRES_PASSWORD: secret('postgres.root'),
          // Synapse refuses any other order of letters.
          POSTGRES_INITDB_ARGS: '--encoding=UTF8 --lc-collate=C --lc-ctype=C',
        },
        volumes: ['./postgres/data:/var/lib/postgresql/data', './postgres/init:/docker-entrypoint-initdb.d:ro'],
        healthcheck: { test: ['CMD', 'pg_isready', '-U', 'postgres'], interval: '5s', timeout: '5s', retries: 20 },
      },
      synapse: {
        ...always,
        image: `ghcr.io/element-hq/synapse:${tag('synapse', 'latest')}`,
        environment: { SYNAPSE_CONFIG_PATH: '/config/homeserver.yaml' },
        volumes: ['./synapse:/config:ro', './synapse-data:/data', './registrations:/registrations:ro'],
        depends_on: healthy,
      },
      ...Object.fromEntries(bridges),
      front: {
        ...always,
        image: `docker.io/caddy:${tag('caddy', '2-alpine')}`,
        ports: ['80:80', '443:443'],
        volumes: ['./front/Caddyfile:/etc/caddy/Caddyfile:ro', './front/data:/data'],
        depends_on: { synapse: { condition: 'service_started' } },
      },
    },
    networks: { inside: {} },
  };
}

/** One user and one database each, so that a bridge sees nothing but its own. */
export const databaseScript = (names, secret) =>
  names
    .map((name) => {
      const password = secret(`postgres.${name}`);
      return `CREATE USER "${name}" PASSWORD '${password}';\nCREATE DATABASE "${name}" OWNER "${name}" ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;\n`;
    })
    .join('');
