/** The lab: real servers on loopback for tests, benches and hand trials. See README.md in this folder. */
export { startProsody } from './prosody/start-prosody.ts';
export type { ProsodyOptions, ProsodyServer } from './prosody/start-prosody.ts';
export type { ProsodyVersion } from './prosody/prosody-program.ts';
export { startSynapse } from './synapse/start-synapse.ts';
export type { SynapseOptions, SynapseServer } from './synapse/start-synapse.ts';
export { startTryton } from './tryton/start-tryton.ts';
export type { TrytonServer } from './tryton/start-tryton.ts';
export { startRequestTracker } from './rt/start-request-tracker.ts';
export type { RequestTrackerServer } from './rt/start-request-tracker.ts';
export { startSlixmppPeer } from './peers/start-slixmpp-peer.ts';
export type { ChatState, SlixmppPeer, SlixmppPeerOptions } from './peers/start-slixmpp-peer.ts';
export { startNioPeer } from './peers/start-nio-peer.ts';
export type { NioPeer, NioPeerOptions } from './peers/start-nio-peer.ts';
export { matrixPeer } from './peers/matrix-peer.ts';
export type { MatrixEvent, MatrixPeer, MatrixRoomOptions, MatrixSync } from './peers/matrix-peer.ts';
export type { PeerEvent } from './peers/python-peer.ts';
