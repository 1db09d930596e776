export interface SynapseSettings {
  folder: string;
  port: number;
  serverName: string;
  publicBaseUrl: string;
  registrationSecret: string;
  isMsc4222Enabled: boolean;
  isPresenceEnabled: boolean;
  /** Where people prove who they are on a web page (CAS). */
  casUrl?: string | undefined;
  /** An authorization server that has taken over all signing in. */
  auth?: { readonly url: string; readonly secret: string } | undefined;
  /** How long an access token lasts, for example `2s`: `refreshable` with a refresh token, `plain` without, `session` in all. */
  lifetimes?: { readonly refreshable?: string; readonly plain?: string; readonly session?: string } | undefined;
}

const noLimit = { per_second: 100_000, burst_count: 100_000 };

/**
 * The configuration as an object; JSON is YAML, so it is written as it stands.
 * Loopback only, one SQLite file, no federation, no limits, cheap password hashes.
 */
export function synapseConfig(settings: SynapseSettings): Record<string, unknown> {
  const { folder, port, serverName, publicBaseUrl, registrationSecret, isMsc4222Enabled } = settings;
  return {
    server_name: serverName,
    public_baseurl: publicBaseUrl,
    pid_file: `${folder}/synapse.pid`,
    listeners: [
      {
        ...{ port, type: 'http', tls: false, x_forwarded: true, bind_addresses: ['127.0.0.1'] },
        resources: [{ names: ['client', 'openid'], compress: false }],
      },
    ],
    database: { name: 'sqlite3', args: { database: `${folder}/homeserver.db` } },
    log_config: `${folder}/log.yaml`,
    media_store_path: `${folder}/media`,
    signing_key_path: `${folder}/signing.key`,
    macaroon_secret_key: 'lab macaroon secret',
    form_secret: 'lab form secret',
    registration_shared_secret: registrationSecret,
    bcrypt_rounds: 4,
    enable_registration: true,
    enable_registration_without_verification: true,
    report_stats: false,
    federation_domain_whitelist: [],
    trusted_key_servers: [],
    suppress_key_server_warning: true,
    // Synapse lists nothing by itself (since 1.126).
    room_list_publication_rules: [{ user_id: '*', alias: '*', room_id: '*', action: 'allow' }],
    presence: { enabled: settings.isPresenceEnabled },
    enable_authenticated_media: true,
    max_upload_size: '50M',
    // A cached sync answer from before a kill would hide what happened since.
    caches: { sync_response_cache_duration: '0s' },
    experimental_features: { msc4222_enabled: isMsc4222Enabled },
    ...lifetimes(settings),
    ...(settings.auth === undefined ? {} : delegated(settings.auth)),
    ...(settings.casUrl === undefined
      ? {}
      : { cas_config: { enabled: true, server_url: settings.casUrl }, sso: { client_whitelist: ['http://127.0.0.1:'] } }),
    ...rateLimits(),
  };
}

/** Python's logging: warnings and worse, into a file. */
export function synapseLogConfig(folder: string): Record<string, unknown> {
  return {
    version: 1,
    formatters: { plain: { format: '%(asctime)s %(levelname)s %(name)s: %(message)s' } },
    handlers: { file: { class: 'logging.FileHandler', formatter: 'plain', filename: `${folder}/synapse.log` } },
    root: { level: 'WARNING', handlers: ['file'] },
    disable_existing_loggers: false,
  };
}

/** Synapse refuses both ways at once. Source: synapse/config/mas.py */
function delegated({ url, secret }: { url: string; secret: string }): Record<string, unknown> {
  return {
    matrix_authentication_service: { enabled: true, endpoint: url, secret },
    ...{ enable_registration: false, enable_registration_without_verification: false, enable_3pid_changes: false },
    password_config: { enabled: false },
  };
}

function lifetimes({ lifetimes: wanted }: SynapseSettings): Record<string, unknown> {
  const named = {
    refreshable_access_token_lifetime: wanted?.refreshable,
    nonrefreshable_access_token_lifetime: wanted?.plain,
    session_lifetime: wanted?.session,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

function rateLimits(): Record<string, unknown> {
  const flat = [
    ...['rc_message', 'rc_registration', 'rc_admin_redaction', 'rc_joins_per_room', 'rc_room_creation'],
    ...['rc_media_create', 'rc_3pid_validation', 'rc_presence_per_user', 'rc_delayed_event_mgmt', 'rc_reports'],
  ];
  return {
    ...Object.fromEntries(flat.map((name) => [name, noLimit])),
    rc_login: { address: noLimit, account: noLimit, failed_attempts: noLimit },
    rc_joins: { local: noLimit, remote: noLimit },
    rc_invites: { per_room: noLimit, per_user: noLimit, per_issuer: noLimit },
  };
}
