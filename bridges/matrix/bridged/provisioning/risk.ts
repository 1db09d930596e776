/** How a network takes it that a bridge signs in this way, as far as that is commonly known. */
import type { DialogNoteCode } from '#bridge';
import type { NetworkId } from '#model';
import type { BridgeFlow } from './shapes.ts';

/** Made for other programs, by the network itself. */
const open: ReadonlySet<string> = new Set(['telegram', 'irc', 'bluesky', 'zulip', 'xmpp', 'email', 'deltachat']);
/** The bridge is one more linked device, as the network's own desktop program would be. */
const linked: ReadonlySet<string> = new Set(['whatsapp', 'signal', 'sms', 'imessage']);
/** The bridge behaves like a browser of ours. */
const web: ReadonlySet<string> = new Set(['facebook', 'instagram', 'twitter', 'linkedin', 'googlechat', 'discord', 'slack', 'gvoice']);

export const riskOf = (network: NetworkId | null, flow: BridgeFlow): DialogNoteCode => {
  const words = `${flow.id} ${flow.name}`.toLowerCase();
  if (/cookie|browser|curl|web.?login/u.test(words)) return 'bridge-risk-cookies';
  if (/\b(?:app|bot|oauth)\b/u.test(words)) return 'bridge-risk-official';
  if (network === null) return 'bridge-risk-unknown';
  if (open.has(network)) return 'bridge-risk-official';
  if (linked.has(network)) return 'bridge-risk-linked';
  if (web.has(network)) return 'bridge-risk-cookies';
  return /\bqr\b|pairing/u.test(words) ? 'bridge-risk-linked' : 'bridge-risk-unknown';
};
