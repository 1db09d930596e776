/**
 * Branded identifiers. A bridge makes and parses its remote ids; nobody else looks inside them.
 * Every remote id is meaningful only together with the account it came from.
 */
declare const brand: unique symbol;
export type Brand<Value, Name extends string> = Value & { readonly [brand]: Name };

/** Which bridge (protocol driver): `xmpp`, `matrix`, `demo`. */
export type BridgeId = Brand<string, 'BridgeId'>;
/** Which network a person sees on the badge: `xmpp`, `matrix`, `whatsapp`… A bridge may carry several. */
export type NetworkId = Brand<string, 'NetworkId'>;
/** One of our own accounts on a network. Made by the engine. */
export type AccountId = Brand<number, 'AccountId'>;
/** A conversation as its network names it. */
export type RemoteConversationId = Brand<string, 'RemoteConversationId'>;
/** A message as its network names it; see `RemoteMessage.remoteId` for which of several names. */
export type RemoteMessageId = Brand<string, 'RemoteMessageId'>;
/** One handle of one person on one network (a JID, an MXID …). */
export type RemotePersonId = Brand<string, 'RemotePersonId'>;
/** Made by the engine for each send; carried over the wire so that a retry never doubles a message. */
export type TransactionId = Brand<string, 'TransactionId'>;

export const bridgeId = (value: string): BridgeId => value as BridgeId;
export const networkId = (value: string): NetworkId => value as NetworkId;
export const accountId = (value: number): AccountId => value as AccountId;
export const remoteConversationId = (value: string): RemoteConversationId => value as RemoteConversationId;
export const remoteMessageId = (value: string): RemoteMessageId => value as RemoteMessageId;
export const remotePersonId = (value: string): RemotePersonId => value as RemotePersonId;
export const transactionId = (value: string): TransactionId => value as TransactionId;
