/** How a network is called and drawn: by its own name, and by a sign that is ours and only recalls it. */
export interface NetworkMark {
  readonly name: string;
  /** One letter or sign; absent where there is a drawing. */
  readonly sign?: string;
  /** Lines on a field of 16 × 16, drawn in white. */
  readonly lines?: string;
}

const marks: Readonly<Record<string, NetworkMark>> = {
  xmpp: { name: 'XMPP', sign: 'X' },
  matrix: { name: 'Matrix', sign: 'M' },
  demo: { name: 'Sample data', sign: 'D' },
  email: { name: 'E-mail', sign: '@' },
  irc: { name: 'IRC', sign: '#' },
  slack: { name: 'Slack', sign: 'S' },
  whatsapp: { name: 'WhatsApp', lines: 'M3 13l.9-2.6A5 5 0 1 1 6 12.3zM6.2 5.8c.2 2.2 1.8 3.8 4 4' },
  telegram: { name: 'Telegram', lines: 'M2.5 7.7 13.5 3l-2 10-4-3.2 4-4.3-5.3 4v3l1.3-2.2' },
  signal: { name: 'Signal', lines: 'M3 13l.9-2.6A5 5 0 1 1 6 12.3z' },
  sms: { name: 'SMS', lines: 'M2.5 3.5h11v7h-6l-3 2.5v-2.5h-2zM5.5 7h.1M8 7h.1M10.5 7h.1' },
  discord: { name: 'Discord', lines: 'M3 12c0-4 .8-7 1.5-7.5C7 3.5 9 3.5 11.5 4.5 12.2 5 13 8 13 12c-1 .8-2 .5-2.5-.5h-5c-.5 1-1.5 1.3-2.5.5zM6 8.5h.1M10 8.5h.1' },
  facebook: { name: 'Messenger', lines: 'M3 13v-2A5.5 5.5 0 1 1 6 12.6zM5 9l2-2 2 1.5 2-2' },
  instagram: { name: 'Instagram', lines: 'M4 3h8a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM8 5.7a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6M11 5h.1' },
  mattermost: { name: 'Mattermost', sign: 'M' },
  skype: { name: 'Skype', sign: 'S' },
  steam: { name: 'Steam', sign: 'S' },
};

/** Other words that gateways use. */
const aliases: Readonly<Record<string, string>> = { messenger: 'facebook', smtp: 'email' };

/** Null: one that we have no sign for. */
export const markOf = (network: string): NetworkMark | null => {
  const key = Object.hasOwn(aliases, network) ? (aliases[network] ?? network) : network;
  return Object.hasOwn(marks, key) ? (marks[key] ?? null) : null;
};

/** What a network is called; one that we do not know, by its own word. */
export const networkName = (network: string): string =>
  markOf(network)?.name ?? network.slice(0, 1).toLocaleUpperCase() + network.slice(1);

/** The colour token that a network has, if any. */
export const toneOf = (network: string): string => {
  const key = Object.hasOwn(aliases, network) ? (aliases[network] ?? network) : network;
  return Object.hasOwn(marks, key) ? `net-${key}` : 'net-other';
};
