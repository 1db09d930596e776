import type { ServerCertificate } from '../core/certificates.ts';

export interface EjabberdPorts {
  c2s: number;
  directTls: number;
  http: number;
  https: number;
  component: number;
}

export interface EjabberdSettings {
  domain: string;
  folder: string;
  ports: EjabberdPorts;
  certificate: ServerCertificate;
  componentSecret: string;
  /** Components from outside, by the first word of their address. */
  components: readonly string[];
  smacksHibernationSeconds: number;
  uploadLimitBytes: number;
  /** The program that draws the picture of a CAPTCHA; null: who wants an account need not read one. */
  captchaProgram: string | null;
  /** Only with a picture: those whose name begins so read one before they reach somebody who does not know them; null: nobody does. */
  suspects: string | null;
  /** The least strength of a password in bits; 0: any will do. */
  passwordStrength: number;
}

const loopback = '127.0.0.1';

/** The configuration as an object; JSON is YAML, so it is written as it stands. */
export function ejabberdConfig(settings: EjabberdSettings): Record<string, unknown> {
  const { domain, folder, ports, certificate, captchaProgram } = settings;
  return {
    hosts: [domain],
    loglevel: 'info',
    certfiles: [certificate.certFile, certificate.keyFile],
    ca_file: certificate.caFile,
    auth_method: 'sql',
    auth_password_format: 'scram',
    auth_scram_hash: 'sha256',
    default_db: 'sql',
    sql_type: 'sqlite',
    sql_database: `${folder}/ejabberd.sqlite`,
    listen: listeners(settings),
    acl: { local: { user_regexp: '' }, suspect: { user_regexp: `^${settings.suspects ?? 'nobody'}` }, admin: { user: [`admin@${domain}`] }, loopback: { ip: '127.0.0.0/8' } },
    access_rules: {
      ...{ local: { allow: 'local' }, c2s: { allow: 'all' }, admin: { allow: 'admin' } },
      ...{ announce: { allow: 'admin' }, configure: { allow: 'admin' }, suspicion: [{ deny: 'suspect' }, { allow: 'all' }] },
    },
    // Whoever reaches 127.0.0.1 may make accounts; the lab does so through this.
    api_permissions: { lab: { from: ['mod_http_api'], who: { ip: '127.0.0.0/8' }, what: '*' } },
    // The default shaper lets through a few stanzas a second, which looks like loss.
    shaper: { fast: { rate: 100_000_000, burst_size: 100_000_000 } },
    shaper_rules: { max_user_sessions: 100, max_user_offline_messages: 5_000 },
    ...(captchaProgram === null
      ? {}
      : { captcha_cmd: captchaProgram, captcha_limit: 'infinity', captcha_url: `https://localhost:${ports.https}/captcha` }),
    modules: modulesOf(settings),
  };
}

function listeners({ domain, ports, components, componentSecret }: EjabberdSettings): unknown[] {
  const client = { ip: loopback, module: 'ejabberd_c2s', max_stanza_size: 262_144, shaper: 'fast', access: 'c2s' };
  const handlers = { '/xmpp-websocket': 'ejabberd_http_ws', '/.well-known/host-meta': 'mod_host_meta' };
  const hosts = components.map((name) => [`${name}.${domain}`, { password: componentSecret }]);
  return [
    { ...client, port: ports.c2s, starttls: true, starttls_required: true },
    { ...client, port: ports.directTls, tls: true },
    {
      ...{ port: ports.https, ip: loopback, module: 'ejabberd_http', tls: true },
      request_handlers: { ...handlers, '/upload': 'mod_http_upload', '/captcha': 'ejabberd_captcha' },
    },
    {
      ...{ port: ports.http, ip: loopback, module: 'ejabberd_http' },
      request_handlers: { ...handlers, '/api': 'mod_http_api' },
    },
    {
      ...{ port: ports.component, ip: loopback, module: 'ejabberd_service', access: 'all', shaper_rule: 'fast' },
      hosts: Object.fromEntries(hosts),
    },
  ];
}

function modulesOf(settings: EjabberdSettings): Record<string, unknown> {
  const { domain, folder, ports, smacksHibernationSeconds, uploadLimitBytes, captchaProgram, suspects } = settings;
  const names = [
    ...['adhoc', 'admin_extra', 'blocking', 'caps', 'carboncopy', 'client_state', 'configure', 'last', 'muc_admin'],
    ...['ping', 'privacy', 'private', 'push', 'time', 'vcard_xupdate', 'version', 'host_meta', 'http_api'],
  ];
  return {
    ...Object.fromEntries(names.map((name) => [`mod_${name}`, {}])),
    ...(suspects === null ? {} : { mod_block_strangers: { captcha: true, allow_local_users: false, access: 'suspicion' } }),
    mod_disco: {
      server_info: [
        { modules: 'all', name: 'admin-addresses', urls: [`xmpp:admin@${domain}`] },
        { modules: 'all', name: 'support-addresses', urls: [`mailto:help@${domain}`] },
        { modules: 'all', name: 'abuse-addresses', urls: [`https://${domain}/abuse`] },
      ],
    },
    mod_http_upload: {
      ...{ hosts: [`upload.${domain}`], docroot: `${folder}/upload`, max_size: uploadLimitBytes, name: 'upload' },
      put_url: `https://localhost:${ports.https}/upload`,
    },
    mod_mam: { assume_mam_usage: true, default: 'always' },
    mod_muc: {
      hosts: [`muc.${domain}`],
      access_create: 'all',
      access_admin: 'admin',
      min_message_interval: 0,
      min_presence_interval: 0,
      max_user_conferences: 1_000,
      default_room_options: { mam: true, persistent: true, allow_subscription: false },
    },
    mod_offline: { access_max_user_messages: 'max_user_offline_messages' },
    // Bookmarks in either of their two homes are copied to the other.
    mod_pubsub: {
      hosts: [`pubsub.${domain}`],
      access_createnode: 'local',
      db_type: 'mnesia',
      plugins: ['flat', 'pep'],
      force_node_config: { 'storage:bookmarks': { access_model: 'whitelist' } },
    },
    mod_register: { ip_access: 'all', password_strength: settings.passwordStrength, captcha_protected: captchaProgram !== null },
    mod_roster: { versioning: true },
    mod_stream_mgmt: { resume_timeout: `${smacksHibernationSeconds} s`, resend_on_timeout: 'if_offline' },
    mod_stun_disco: {
      secret: 'lab',
      offer_local_services: false,
      services: [{ host: loopback, port: 3478, type: 'turn', restricted: true }],
    },
    mod_vcard: { hosts: [`users.${domain}`], search: true, allow_return_all: true },
  };
}
