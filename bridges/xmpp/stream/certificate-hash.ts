import { createHash } from 'node:crypto';

/**
 * Channel binding data of type tls-server-end-point (RFC 5929 section 4): the hash of the server's certificate, by the
 * hash of its own signature, where MD5 and SHA-1 count as SHA-256. Null for signatures that name no hash (Ed25519).
 */
export function serverEndPointHash(certificate: Buffer): Buffer | null {
  const identifier = signatureAlgorithm(certificate);
  const hash = identifier === null ? undefined : hashesByAlgorithm[identifier];
  return hash === undefined ? null : createHash(hash).update(certificate).digest();
}

/** Object identifiers as they stand in DER, in hexadecimal. */
const hashesByAlgorithm: Readonly<Record<string, string>> = {
  '2a864886f70d010104': 'sha256', // md5WithRSAEncryption
  '2a864886f70d010105': 'sha256', // sha1WithRSAEncryption
  '2a864886f70d01010b': 'sha256', // sha256WithRSAEncryption
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d0401': 'sha256', // ecdsa-with-SHA1
  '2a8648ce3d040302': 'sha256', // ecdsa-with-SHA256
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
};

/** Certificate ::= SEQUENCE { tbsCertificate, SEQUENCE { OBJECT IDENTIFIER … }, signature } */
function signatureAlgorithm(certificate: Buffer): string | null {
  const outer = readValue(certificate, 0);
  const body = outer === null ? null : readValue(certificate, outer.start);
  const algorithm = body === null ? null : readValue(certificate, body.end);
  const identifier = algorithm === null ? null : readValue(certificate, algorithm.start);
  if (identifier?.tag !== 0x06) return null;
  return certificate.subarray(identifier.start, identifier.end).toString('hex');
}

/** Where the content of the DER value at `offset` begins and ends. */
function readValue(der: Buffer, offset: number): { tag: number; start: number; end: number } | null {
  const [tag, first] = [der[offset], der[offset + 1]];
  if (tag === undefined || first === undefined) return null;
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  const start = offset + 2 + lengthBytes;
  if (lengthBytes > 4 || start > der.length) return null;
  const length = lengthBytes === 0 ? first : der.readUIntBE(offset + 2, lengthBytes);
  return start + length > der.length ? null : { tag, start, end: start + length };
}
