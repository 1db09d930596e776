/** What each bridge needs: its registration at the homeserver, and its own configuration. */
import { knownBridges } from './known-bridges.mjs';

const escapeRegex = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** @see https://spec.matrix.org/v1.16/application-service-api/#registration */
export function registrationOf(name, { config, secret, urlOf }) {
  const { bot, prefix, kind } = knownBridges[name];
  const domain = escapeRegex(config.serverName);
  return {
    id: name,
    url: urlOf(name),
    as_token: secret(`${name}.as_token`),
    hs_token: secret(`${name}.hs_token`),
    // mautrix bridges keep the sender apart from the bot; heisenbridge is its own.
    sender_localpart: kind === 'mautrix' ? secret(`${name}.sender`) : bot,
    rate_limited: false,
    ...(kind === 'mautrix' ? { 'de.sorunome.msc2409.push_ephemeral': true, receive_ephemeral: true } : {}),
    namespaces: {
      users: [
        ...(kind === 'mautrix' ? [{ exclusive: true, regex: `^@${bot}:${domain}$` }] : []),
        // heisenbridge reads the prefix off this line and takes no anchors.
        { exclusive: true, regex: kind === 'mautrix' ? `^@${prefix}.*:${domain}$` : `@${prefix}.*:${domain}` },
      ],
      aliases: [],
      rooms: [],
    },
  };
}

/** Of a mautrix bridge (bridgev2). What is not said here the bridge fills in with its defaults at its first start. */
export function mautrixConfig(name, { config, secret, urlOf, homeserverUrl, databaseOf }) {
  const { bot, prefix, port } = knownBridges[name];
  return {
    network: config.options[name] ?? {},
    bridge: {
      // Nobody from elsewhere: a bridge that others may use sends in your people's names.
      permissions: { [config.serverName]: 'user', [`@${config.admin}:${config.serverName}`]: 'admin' },
    },
    database: { type: 'postgres', uri: databaseOf(name) },
    homeserver: { address: homeserverUrl, domain: config.serverName, software: 'standard' },
    appservice: {
      address: urlOf(name),
      hostname: '0.0.0.0',
      port,
      id: name,
      bot: { username: bot },
      ephemeral_events: true,
      as_token: secret(`${name}.as_token`),
      hs_token: secret(`${name}.hs_token`),
      username_template: `${prefix}{{.}}`,
    },
    // True ticks: off by default, and without them nobody can tell whether a message got through.
    matrix: { message_status_events: true, delivery_receipts: true, message_error_notices: true },
    provisioning: { shared_secret: secret(`${name}.provisioning`), allow_matrix_auth: true },
    backfill: { enabled: true, max_initial_messages: 50 },
    encryption: { allow: false },
  };
}
