/** Synapse: its configuration and how it logs. */

export function homeserverConfig({ config, secret, paths, database, port, bindAddress, registrations }) {
  return {
    server_name: config.serverName,
    public_baseurl: `https://${config.matrixHost}/`,
    pid_file: `${paths.data}/homeserver.pid`,
    listeners: [
      {
        port,
        type: 'http',
        tls: false,
        x_forwarded: true,
        bind_addresses: [bindAddress],
        // `openid`: bridges ask here who somebody is.
        resources: [{ names: ['client', 'federation', 'openid'], compress: false }],
      },
    ],
    database,
    log_config: paths.logConfig,
    media_store_path: `${paths.data}/media`,
    signing_key_path: paths.signingKey,
    macaroon_secret_key: secret('synapse.macaroon'),
    form_secret: secret('synapse.form'),
    registration_shared_secret: secret('synapse.registration'),
    enable_registration: false,
    report_stats: false,
    enable_authenticated_media: true,
    max_upload_size: '100M',
    app_service_config_files: registrations,
    trusted_key_servers: [{ server_name: 'matrix.org' }],
    suppress_key_server_warning: true,
  };
}

export const logConfig = {
  version: 1,
  formatters: { plain: { format: '%(asctime)s %(levelname)s %(name)s: %(message)s' } },
  handlers: { console: { class: 'logging.StreamHandler', formatter: 'plain' } },
  root: { level: 'WARNING', handlers: ['console'] },
  disable_existing_loggers: false,
};
