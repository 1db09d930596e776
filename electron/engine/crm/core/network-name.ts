const names: Readonly<Record<string, string>> = { xmpp: 'XMPP', irc: 'IRC', sms: 'SMS', whatsapp: 'WhatsApp', googlechat: 'Google Chat' };

/** `xmpp` → `XMPP`: the network's name as it stands in a record. */
export const networkName = (network: string): string => names[network] ?? network.charAt(0).toUpperCase() + network.slice(1);
