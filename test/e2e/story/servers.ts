import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  serverCertificate,
  startNioPeer,
  startProsody,
  startSlixmppPeer,
  startSynapse,
  startTryton,
  type NioPeer,
  type ProsodyServer,
  type SlixmppPeer,
  type SynapseServer,
  type TrytonServer,
} from '../../lab/index.ts';

export const password = 'story-secret-1';

/** The offer that the customer sends along. */
export interface SharedFile {
  readonly url: string;
  readonly name: string;
  readonly sha256: string;
}

export interface StoryServers {
  readonly prosody: ProsodyServer;
  readonly synapse: SynapseServer;
  readonly tryton: TrytonServer;
  readonly customer: SlixmppPeer;
  readonly colleague: NioPeer;
  readonly ownJid: string;
  readonly ownMxid: string;
  readonly roomName: string;
  readonly roomId: string;
  readonly file: SharedFile;
  stop(): Promise<void>;
}

const startFileServer = async (): Promise<{ readonly file: SharedFile; readonly server: Server }> => {
  const { keyFile, certFile } = await serverCertificate(['localhost']);
  const bytes = Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(200_000)]);
  const server = createServer({ key: readFileSync(keyFile), cert: readFileSync(certFile) }, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/pdf', 'content-length': bytes.length });
    response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const name = 'pedido-2026.pdf';
  return {
    server,
    file: { url: `https://localhost:${port}/${name}`, name, sha256: createHash('sha256').update(bytes).digest('hex') },
  };
};

/** Real servers and two people who use other clients than ours. */
export const startStoryServers = async (): Promise<StoryServers> => {
  const [prosody, synapse, tryton, files] = await Promise.all([
    startProsody(),
    startSynapse(),
    startTryton(),
    startFileServer(),
  ]);
  await prosody.register('worker', password);
  await prosody.register('marta', password);
  const worker = await synapse.register('worker', password);
  const ana = await synapse.register('ana', password);
  const customer = await startSlixmppPeer({
    jid: `marta@${prosody.domain}`,
    password,
    host: prosody.host,
    port: prosody.c2sPort,
    caFile: prosody.caFile,
  });
  const colleague = await startNioPeer({ baseUrl: synapse.baseUrl, userId: ana.userId, password });
  const roomName = 'Support level 2';
  const roomId = await colleague.createRoom({ name: roomName, invite: [worker.userId] });
  return {
    prosody,
    synapse,
    tryton,
    customer,
    colleague,
    ownJid: `worker@${prosody.domain}`,
    ownMxid: worker.userId,
    roomName,
    roomId,
    file: files.file,
    async stop() {
      files.server.close();
      await Promise.allSettled([customer.stop(), colleague.stop()]);
      await Promise.allSettled([prosody.stop(), synapse.stop(), tryton.stop()]);
    },
  };
};
