/** The engine in a process of its own, on the XMPP bridge, trusting one authority: `node engine-child.ts <ca file>`. */
import { readFileSync } from 'node:fs';
import { createXmppBridge } from '../../../bridges/xmpp/index.ts';
import { createParentPortLink, findParentPort } from '../../../electron/engine/host/parent-port-link.ts';
import { runEngine } from '../../../electron/engine/host/run-engine.ts';
import { createStdioLink } from '../../../electron/engine/host/stdio-link.ts';
import { createEngine } from '../../../electron/engine/index.ts';

const ca = readFileSync(process.argv[2] ?? '', 'utf8');
const parentPort = findParentPort();
const bridge = createXmppBridge({
  ca,
  stepDeadlineMs: 3_000,
  timings: { backoffLeastMs: 100, backoffMostMs: 300, silenceMs: 1_500, answerMs: 1_000 },
});

runEngine({
  link: parentPort === null ? createStdioLink() : createParentPortLink(parentPort),
  start: ({ profileDir, appVersion, host }) => createEngine({ profileDir, appVersion, host, vaultKey: Buffer.alloc(32, 7), bridges: [bridge] }),
  exit: (code) => process.exit(code),
  onError: (error) => process.stderr.write(`unhandled: ${String(error)}\n`),
});
