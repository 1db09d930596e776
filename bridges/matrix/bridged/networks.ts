/** Networks as bridges name them, and addresses that bridges make for their people. */
import { networkId, type NetworkId } from '#model';

/** Words of bridges (mautrix "beeper bridge types", matrix-appservice-*) for networks that we call otherwise. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['slackgo', 'slack'],
  ['telegramgo', 'telegram'],
  ['discordgo', 'discord'],
  ['facebookgo', 'facebook'],
  ['messenger', 'facebook'],
  ['instagramgo', 'instagram'],
  ['gmessages', 'sms'],
  ['androidsms', 'sms'],
  ['imessagego', 'imessage'],
  ['heisenbridge', 'irc'],
  ['xmpp-bifrost', 'xmpp'],
]);

const slug = /^[a-z0-9][a-z0-9_.-]{0,30}$/u;

/** The network behind a `protocol.id`; null when that is no word a badge could show. */
export const networkOfProtocol = (id: unknown): NetworkId | null => {
  if (typeof id !== 'string') return null;
  const word = id.toLowerCase().split('/').at(-1) ?? '';
  return slug.test(word) ? networkId(otherNames.get(word) ?? word) : null;
};

/** What the addresses of a bridge's people begin with, and its bot: where a bridge tells nothing of itself. */
export interface GhostFamily {
  /** Of the local part, as `whatsapp_`. */
  readonly prefix: string;
  /** Local part. */
  readonly bot: string;
  readonly network: NetworkId;
  /** We signed in to it: what its bot invites us to is what we asked for. */
  readonly isOurs?: boolean | undefined;
}

const family = (prefix: string, network = prefix, bot = `${prefix}bot`): GhostFamily => ({
  prefix: `${prefix}_`,
  bot,
  network: networkId(network),
});

/** As the configurations that bridges come with name them. */
const usualFamilies: readonly GhostFamily[] = [
  ...['whatsapp', 'telegram', 'signal', 'slack', 'discord', 'facebook', 'instagram', 'twitter', 'linkedin', 'bluesky', 'googlechat', 'zulip', 'imessage'].map((name) => family(name)),
  family('meta', 'facebook'),
  family('gmessages', 'sms'),
  family('gvoice', 'sms'),
  family('_discord', 'discord'),
  family('_slack', 'slack'),
  family('_xmpp', 'xmpp'),
  family('irc', 'irc', 'heisenbridge'),
  family('_irc', 'irc', 'appservice-irc'),
];

/** What an address of the account's own server says by itself. */
export interface GhostSight {
  readonly network: NetworkId;
  readonly isBot: boolean;
  readonly isOurs: boolean;
}

/**
 * Reads the address of a bridge's person or bot. Only of our own server: its bridges hold these names there, elsewhere
 * anybody may be called so.
 */
export const readGhost = (userId: string, ownServer: string, families: readonly GhostFamily[] = []): GhostSight | null => {
  const end = userId.indexOf(':');
  if (!userId.startsWith('@') || userId.slice(end + 1) !== ownServer) return null;
  const local = userId.slice(1, end);
  for (const { prefix, bot, network, isOurs = false } of [...families, ...usualFamilies]) {
    if (local === bot) return { network, isBot: true, isOurs };
    if (local.startsWith(prefix) && local.length > prefix.length) return { network, isBot: false, isOurs };
  }
  return null;
};
