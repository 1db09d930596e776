import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serverEndPointHash } from '../../../bridges/xmpp/stream/certificate-hash.ts';
import { runCommand } from '../../lab/core/run-command.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

/** RFC 5929 section 4.1. */
const cases: [string, readonly string[], string | null][] = [
  ['RSA with SHA-256', ['rsa:2048', '-sha256'], 'sha256'],
  ['RSA with SHA-384', ['rsa:2048', '-sha384'], 'sha384'],
  ['RSA with SHA-512', ['rsa:2048', '-sha512'], 'sha512'],
  ['RSA with SHA-1, which counts as SHA-256', ['rsa:2048', '-sha1'], 'sha256'],
  ['ECDSA with SHA-256', ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-sha256'], 'sha256'],
  ['ECDSA with SHA-384', ['ec', '-pkeyopt', 'ec_paramgen_curve:secp384r1', '-sha384'], 'sha384'],
  ['Ed25519, which names no hash', ['ed25519'], null],
];

describe('the hash that binds to a certificate', () => {
  for (const [what, key, hash] of cases) {
    it(`is right for ${what}`, async () => {
      const folder = tempFolder('certificate');
      const output = ['-keyout', 'k.pem', '-out', 'c.pem', '-subj', '/CN=x'];
      await runCommand('openssl', ['req', '-x509', '-nodes', '-days', '1', '-newkey', ...key, ...output], { cwd: folder });
      const { raw } = new X509Certificate(readFileSync(join(folder, 'c.pem')));
      expect(serverEndPointHash(raw)).toEqual(hash === null ? null : createHash(hash).update(raw).digest());
      // Whatever is cut off, it is no certificate any more, and no reason to fall over.
      for (const length of [0, 1, 2, 3, 4, 8, 100]) expect(serverEndPointHash(raw.subarray(0, length))).toBeNull();
    });
  }
});
