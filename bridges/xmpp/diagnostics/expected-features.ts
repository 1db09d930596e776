import { ns } from '../namespaces.ts';

/** Who has to offer a feature: the stream, the server, our account on it, or one of the server's services. */
export type FeaturePlace = 'stream' | 'server' | 'account' | 'service';

export interface ExpectedFeature {
  /** Number of the XEP; also names the sentence that says why it matters. */
  readonly xep: string;
  readonly place: FeaturePlace;
  /** A namespace, or `category/type` of an identity. */
  readonly name: string;
  /** Without it something is missed that people notice. */
  readonly isImportant: boolean;
}

/** What a good server offers to this program, most important first. */
export const expectedFeatures: readonly ExpectedFeature[] = [
  { xep: '0198', place: 'stream', name: ns.streamManagement, isImportant: true },
  { xep: '0313', place: 'account', name: ns.archive, isImportant: true },
  { xep: '0280', place: 'server', name: ns.carbons, isImportant: true },
  { xep: '0363', place: 'service', name: ns.upload, isImportant: true },
  { xep: '0045', place: 'service', name: 'conference/text', isImportant: true },
  { xep: '0163', place: 'account', name: 'pubsub/pep', isImportant: true },
  { xep: '0191', place: 'server', name: 'urn:xmpp:blocking', isImportant: true },
  { xep: '0490', place: 'account', name: `${ns.pubsub}#publish-options`, isImportant: false },
  { xep: '0352', place: 'stream', name: ns.clientState, isImportant: false },
  { xep: '0388', place: 'stream', name: ns.sasl2, isImportant: false },
  { xep: '0386', place: 'stream', name: ns.bind2, isImportant: false },
  { xep: '0484', place: 'stream', name: ns.fast, isImportant: false },
  { xep: '0440', place: 'stream', name: ns.channelBinding, isImportant: false },
  { xep: '0398', place: 'account', name: 'urn:xmpp:pep-vcard-conversion:0', isImportant: false },
  { xep: '0402', place: 'account', name: 'urn:xmpp:bookmarks:1#compat', isImportant: false },
  { xep: '0377', place: 'server', name: 'urn:xmpp:reporting:1', isImportant: false },
  { xep: '0077', place: 'server', name: 'jabber:iq:register', isImportant: false },
  { xep: '0199', place: 'server', name: ns.ping, isImportant: false },
  { xep: '0157', place: 'server', name: 'serverinfo', isImportant: false },
];
