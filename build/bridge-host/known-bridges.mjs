/**
 * The bridges that can be chosen. `port` is inside of the compose network; `risk` is told in the summary.
 * Images and ports as the projects name them in 2026; none of these images could be run where this was written.
 */
const mautrix = (name, port, more = {}) => ({
  kind: 'mautrix',
  image: `dock.mau.dev/mautrix/${name}`,
  port,
  bot: `${name}bot`,
  prefix: `${name}_`,
  ...more,
});

export const knownBridges = {
  whatsapp: mautrix('whatsapp', 29318, { risk: 'linked device' }),
  signal: mautrix('signal', 29328, { risk: 'linked device' }),
  gmessages: mautrix('gmessages', 29336, { risk: 'linked device' }),
  telegram: mautrix('telegram', 29317, { risk: 'official API', needs: ['api_id', 'api_hash'] }),
  bluesky: mautrix('bluesky', 29340, { risk: 'official API' }),
  slack: mautrix('slack', 29335, { risk: 'cookies' }),
  meta: mautrix('meta', 29319, { risk: 'cookies', needs: ['mode'] }),
  twitter: mautrix('twitter', 29327, { risk: 'cookies' }),
  linkedin: mautrix('linkedin', 29341, { risk: 'cookies' }),
  heisenbridge: {
    kind: 'heisenbridge',
    image: 'hif1/heisenbridge',
    port: 9898,
    bot: 'heisenbridge',
    prefix: 'irc_',
    risk: 'official API',
  },
};
