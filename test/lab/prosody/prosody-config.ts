import type { ServerCertificate } from '../core/certificates.ts';
import { lua, luaList } from './lua.ts';
import { componentSections, privilegesOf } from './prosody-gateways.ts';
import type { ProsodyVersion } from './prosody-program.ts';

export interface ProsodyPorts {
  c2s: number;
  directTls: number;
  http: number;
  https: number;
  component: number;
}

/** `form`: a data form that also asks for an email address and a phone number. */
export type ProsodyRegistration = 'open' | 'form' | 'closed';

export interface ProsodySettings {
  version: ProsodyVersion;
  domain: string;
  folder: string;
  ports: ProsodyPorts;
  certificate: ServerCertificate;
  componentSecret: string;
  smacksHibernationSeconds: number;
  /** SASL2, Bind 2 and FAST; only Prosody 13 has them. */
  hasSasl2: boolean;
  passwordHash: 'SHA-1' | 'SHA-256';
  registration: ProsodyRegistration;
  /** Components from outside, by the first word of their address. */
  components: readonly string[];
  /** Those of them that may act in people's names (XEP-0356). */
  privileged: readonly string[];
  uploadLimitBytes: number;
  pluginPaths: readonly string[];
  /** More modules of the virtual host. */
  moreModules: readonly string[];
  /** Lua that is appended in the section of the virtual host. */
  extraConfig: string;
}

const modules = [
  ...['roster', 'saslauth', 'tls', 'disco', 'carbons', 'pep', 'private', 'blocklist', 'vcard4', 'vcard_legacy'],
  ...['bookmarks', 'version', 'uptime', 'time', 'ping', 'register', 'mam', 'csi', 'csi_simple', 'smacks'],
  ...['cloud_notify', 'websocket', 'bosh', 'turn_external', 'privilege'],
  ...['lastactivity', 'server_contact_info', 'admin_shell'],
];

/** Only in Prosody 13 or in the community modules that go with it. */
const modules13 = ['spam_reporting'];
const sasl2Modules = ['sasl2', 'sasl2_bind2', 'sasl2_fast', 'sasl2_sm'];

/**
 * The whole configuration: loopback only, TLS required, archive and offline storage in one SQLite file, no limits.
 * Prosody 13 gives `a = b` between two options a meaning of its own, so every value is written out.
 */
export function prosodyConfig(settings: ProsodySettings): string {
  const { domain, folder, ports, certificate, version } = settings;
  const certificateTable = `{ key = ${lua(certificate.keyFile)}, certificate = ${lua(certificate.certFile)} }`;
  const loopback = '{ "127.0.0.1" }';
  const isNew = version === '13';
  const hostModules = [...(isNew ? modules13 : []), ...(settings.hasSasl2 ? sasl2Modules : []), ...settings.moreModules];
  const addressOf = (name: string): string => `${name}.${domain}`;
  const components = ['gateway', ...settings.components].map(addressOf);
  return `
run_as_root = true
plugin_paths = ${luaList(settings.pluginPaths)}
data_path = ${lua(`${folder}/data`)}
pidfile = ${lua(`${folder}/prosody.pid`)}
certificates = ${lua(folder)}
log = { info = ${lua(`${folder}/prosody.log`)} }

interfaces = ${loopback}
http_interfaces = ${loopback}
https_interfaces = ${loopback}
component_interfaces = ${loopback}
c2s_ports = { ${ports.c2s} }
c2s_direct_tls_ports = { ${ports.directTls} }
http_ports = { ${ports.http} }
https_ports = { ${ports.https} }
component_ports = { ${ports.component} }
s2s_ports = {}
s2s_direct_tls_ports = {}
http_default_host = ${lua(domain)}

modules_enabled = ${luaList(modules)}
modules_disabled = { "s2s" }
authentication = "internal_hashed"
password_hash = ${lua(settings.passwordHash)}
${registrationOptions(settings.registration)}
contact_info = {
  admin = { "xmpp:admin@${domain}" }, support = { "mailto:help@${domain}" }, abuse = { "https://${domain}/abuse" },
}
c2s_require_encryption = true
consider_websocket_secure = true
storage = "sql"
sql = { driver = "SQLite3", database = ${lua(`${folder}/data/prosody.sqlite`)} }
archive_expires_after = "never"
max_archive_query_results = 250
smacks_hibernation_time = ${settings.smacksHibernationSeconds}
turn_external_host = "127.0.0.1"
turn_external_secret = "lab"

ssl = ${certificateTable}
https_ssl = ${certificateTable}
c2s_direct_tls_ssl = ${certificateTable}

VirtualHost ${lua(domain)}
  modules_enabled = ${luaList(hostModules)}
${privilegesOf(settings.privileged.map(addressOf))}
${settings.extraConfig}

Component ${lua(`muc.${domain}`)} "muc"
  modules_enabled = ${luaList(['muc_mam', 'muc_moderation', ...(isNew ? ['muc_search'] : [])])}
  restrict_room_creation = false

Component ${lua(`upload.${domain}`)} "http_file_share"
  http_host = "localhost"
  http_external_url = ${lua(`https://localhost:${ports.https}/`)}
  http_file_share_size_limit = ${settings.uploadLimitBytes}
  server_user_role = "prosody:registered"
  http_file_share_access = ${luaList([domain, ...components])}

${componentSections(components, settings.componentSecret)}`;
}

function registrationOptions(registration: ProsodyRegistration): string {
  const isOpen = `allow_registration = ${registration !== 'closed'}`;
  if (registration !== 'form') return isOpen;
  return `${isOpen}
registration_title = "An account at the lab"
registration_instructions = "Tell us who you are."
additional_registration_fields = {
  { name = "email", type = "text-single", label = "Email", required = true },
  { name = "phone", type = "text-single", label = "Telephone number" },
}`;
}
