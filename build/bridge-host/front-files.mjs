/** What stands before it all: TLS, discovery, and the way to each bridge's API. */
import { knownBridges } from './known-bridges.mjs';

const isMautrix = (name) => knownBridges[name].kind === 'mautrix';

/** Where apps find the bridges; see `.well-known/matrix/mautrix`. */
export const bridgeUrls = ({ matrixHost, bridges }) => bridges.filter(isMautrix).map((name) => `https://${matrixHost}/bridges/${name}`);

export const wellKnown = (config) => ({
  client: { 'm.homeserver': { base_url: `https://${config.matrixHost}` } },
  server: { 'm.server': `${config.matrixHost}:443` },
  mautrix: { 'fi.mau.bridges': bridgeUrls(config), 'fi.mau.external_bridge_servers': [] },
});

/** A Caddyfile; Caddy gets certificates by itself. */
export function caddyfile(config) {
  const known = wellKnown(config);
  const answers = Object.entries(known).map(
    ([name, body]) => `  handle /.well-known/matrix/${name} {
    header Content-Type application/json
    header Access-Control-Allow-Origin *
    respond \`${JSON.stringify(body)}\`
  }`,
  );
  const toBridges = config.bridges.filter(isMautrix).map(
    (name) => `  handle_path /bridges/${name}/* {
    @api path /_matrix/provision/*
    reverse_proxy @api http://${name}:${String(knownBridges[name].port)}
    respond 404
  }`,
  );
  const names = [...new Set([config.serverName, config.matrixHost])];
  const sites = names.map((name) => {
    const parts = name === config.matrixHost ? [...answers, ...toBridges, '  handle {\n    reverse_proxy http://synapse:8008\n  }'] : answers;
    return `${name} {\n${parts.join('\n')}\n}\n`;
  });
  return sites.join('\n');
}
