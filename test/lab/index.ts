/** The lab: real servers on loopback for tests, benches and hand trials. See README.md in this folder. */
export { startProsody } from './prosody/start-prosody.ts';
export type { ProsodyOptions, ProsodyServer } from './prosody/start-prosody.ts';
export type { ProsodyVersion } from './prosody/prosody-program.ts';
export type { ProsodyRegistration } from './prosody/prosody-config.ts';
export { startEjabberd } from './ejabberd/start-ejabberd.ts';
export type { EjabberdOptions, EjabberdServer } from './ejabberd/start-ejabberd.ts';
export { chosenXmppServer, startXmppServer } from './start-xmpp-server.ts';
export type { XmppServerName, XmppServerOptions } from './start-xmpp-server.ts';
export type { XmppPlace, XmppServer } from './xmpp-server.ts';
export { startSynapse } from './synapse/start-synapse.ts';
export type { AppServiceRegistration, SynapseOptions, SynapseServer } from './synapse/start-synapse.ts';
export { startAuthServer } from './auth-server/start-auth-server.ts';
export type { AuthServer } from './auth-server/start-auth-server.ts';
export { decideOnAuthPage, visitAuthPage } from './auth-server/browse.ts';
export type { Visitor } from './auth-server/browse.ts';
export { startFakenet } from './fakenet/start-fakenet.ts';
export type { Fakenet } from './fakenet/start-fakenet.ts';
export type { Portal } from './fakenet/portals.ts';
export { startHeisenbridge } from './heisenbridge/start-heisenbridge.ts';
export type { Heisenbridge } from './heisenbridge/start-heisenbridge.ts';
export { startTryton } from './tryton/start-tryton.ts';
export type { TrytonServer } from './tryton/start-tryton.ts';
export { startRequestTracker } from './rt/start-request-tracker.ts';
export type { RequestTrackerServer } from './rt/start-request-tracker.ts';
export { startRedmine } from './redmine/start-redmine.ts';
export type { RedmineServer } from './redmine/start-redmine.ts';
export { readMailFiles, startSmtp } from './smtp/start-smtp.ts';
export type { ReadMail, ReceivedMail, SmtpServer } from './smtp/start-smtp.ts';
export { startOdoo } from './odoo/start-odoo.ts';
export type { OdooServer } from './odoo/start-odoo.ts';
export { startSlixmppPeer } from './peers/start-slixmpp-peer.ts';
export type {
  ChatState,
  CommandStep,
  MessageType,
  SlixmppPeer,
  SlixmppPeerOptions,
  SlixmppSendOptions,
} from './peers/start-slixmpp-peer.ts';
export type { MucAffiliation, MucRole, SlixmppRooms } from './peers/slixmpp-rooms.ts';
export type { PublishedItem, RosterEntry, SlixmppPeople } from './peers/slixmpp-people.ts';
export { startBiboumi } from './irc/start-biboumi.ts';
export type { BiboumiGateway } from './irc/start-biboumi.ts';
export { startSlidge } from './slidge/start-slidge.ts';
export type { SlidgeGateway, SlidgeOptions } from './slidge/start-slidge.ts';
export type { FakeNetwork } from './slidge/fake-network.ts';
export { startMatridge } from './slidge/start-matridge.ts';
export type { MatridgeGateway } from './slidge/start-matridge.ts';
export { startIrcPeer } from './irc/irc-peer.ts';
export type { IrcPeer } from './irc/irc-peer.ts';
export { startNgircd } from './irc/start-ngircd.ts';
export type { NgircdServer } from './irc/start-ngircd.ts';
export { startProfanityPeer } from './peers/start-profanity-peer.ts';
export type { ProfanityPeer, ProfanityPeerOptions } from './peers/start-profanity-peer.ts';
export { sendWithGo } from './peers/send-with-go.ts';
export type { GoSendOptions } from './peers/send-with-go.ts';
export { openRawStream } from './peers/raw-stream.ts';
export type { RawStream, RawStreamPlace } from './peers/raw-stream.ts';
export { startNioPeer } from './peers/start-nio-peer.ts';
export type { NioPeer, NioPeerOptions } from './peers/start-nio-peer.ts';
export { matrixPeer } from './peers/matrix-peer.ts';
export type { MatrixEvent, MatrixPeer, MatrixRoomOptions, MatrixSync } from './peers/matrix-peer.ts';
export type { PeerEvent } from './peers/python-peer.ts';
export { availability, ensureLab, isServer, labParts } from './availability.ts';
export type { Availability, LabPart, ServerPart } from './availability.ts';
export { labAuthority, serverCertificate } from './core/certificates.ts';
export type { LabAuthority, ServerCertificate } from './core/certificates.ts';
export { pickFreePorts } from './core/free-ports.ts';
export { startTlsFront } from './core/tls-front.ts';
export type { TlsFront, TlsFrontOptions, TlsFrontRoute } from './core/tls-front.ts';
