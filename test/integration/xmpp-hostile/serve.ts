/**
 * Plays one case to any client: `node test/integration/xmpp-hostile/serve.ts --case A2-1 [--host H] [--port P] [--domain D]`.
 * Without `--case` it lists them. It prints where to point the client, what to trust, and what a good client does.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeStubCertificates } from '../xmpp/stub-certificates.ts';
import { allCases } from './cases/index.ts';
import { HostileServer } from './hostile-server.ts';

const { values } = parseArgs({
  options: {
    case: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    domain: { type: 'string', default: 'stub.test' },
  },
});
const wanted = allCases.find(({ id }) => id === values.case || id.split('-')[1] === values.case);
if (wanted === undefined) {
  for (const { id, title } of allCases) console.log(`${id}\t${title}`);
  process.exit(values.case === undefined ? 0 : 1);
}

const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
const certificates = await makeStubCertificates(folder, values.domain);
const authority = join(folder, 'authority.pem');
writeFileSync(authority, certificates.caPem);
const password = 'secret';
const server = await HostileServer.start(
  { host: values.host, port: Number(values.port), domain: values.domain, password, certificate: certificates.good, badCertificate: certificates.otherName },
  wanted,
);
console.log(`${wanted.id}: ${wanted.title}
  connect to   ${values.host}:${server.port} (STARTTLS)
  account      user@${values.domain}, password ${password}
  trust        ${authority}
  a good one   ${wanted.expected}
Ctrl+C ends it and says what the server saw.`);
process.once('SIGINT', () => {
  console.log(`\nsessions that went through all of it: ${server.playCount}`);
  for (const fault of server.faults) console.log(`fault: ${fault}`);
  if (server.faults.length === 0) console.log('no fault that a server can see; what is shown to a person is for you to look at');
  process.exit(server.faults.length === 0 ? 0 : 1);
});
