/** The engine in a process of its own, on a network that records: `node engine-child.ts <network file>`. */
import { setTimeout as pause } from 'node:timers/promises';
import { transactionId } from '#model';
import { createParentPortLink, findParentPort } from '../../electron/engine/host/parent-port-link.ts';
import { runEngine } from '../../electron/engine/host/run-engine.ts';
import { createStdioLink } from '../../electron/engine/host/stdio-link.ts';
import { createEngine } from '../../electron/engine/index.ts';
import { conversationEvents, createFakeBridge, messageEvent, self, stateEvent } from './fake-bridge.ts';
import { openRecordingNetwork } from './recording-network.ts';

const network = openRecordingNetwork(process.argv[2] ?? '');
const parentPort = findParentPort();

/** So that kills hit before the network heard of a message, between that and its answer, and after its echo. */
const moment = (): Promise<void> => pause(Math.random() * 12);

const bridge = createFakeBridge({
  start: async ({ host }) => {
    await host.emit(['one', 'two', 'three'].flatMap(conversationEvents));
    await host.emit([stateEvent('online')]);
  },
  send: async (message, { host }) => {
    await moment();
    const atMs = network.accept(message);
    await moment();
    if (Math.random() < 0.5) return atMs;
    const names = { senderId: self, isOwn: true, transactionId: transactionId(message.transactionId) };
    const echo = messageEvent(message.conversationId, `r-${message.transactionId}`, message.text, atMs, names);
    await host.emit([echo]);
    await moment();
    return atMs;
  },
});

runEngine({
  link: parentPort === null ? createStdioLink() : createParentPortLink(parentPort),
  start: ({ profileDir, appVersion, host }) =>
    createEngine({ profileDir, appVersion, host, vaultKey: Buffer.alloc(32, 7), bridges: [bridge] }),
  exit: (code) => process.exit(code),
  onError: () => {},
});
