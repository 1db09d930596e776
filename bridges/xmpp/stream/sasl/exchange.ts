import { BridgeError } from '#bridge';
import { continueFault } from '../../extensions/0388-sasl2.ts';
import { ns } from '../../namespaces.ts';
import type { Connection } from '../connection.ts';
import { saslFault } from '../faults.ts';
import { unexpectedAnswer } from '../open-secure-stream.ts';
import type { XmlElement } from '../xml/element.ts';
import type { SaslMechanism } from './mechanism.ts';

/** A server that answers each response with one more challenge would keep us for ever. */
const mostChallenges = 5;

/** The server's `<failure/>`: nothing of the stream is lost, another mechanism may be tried. */
export class SaslFailure extends BridgeError {}

/**
 * The rest of a SASL exchange, in RFC 6120's words or in those of XEP-0388, after the first response was written.
 * @returns `<success/>`, which proved that the server knows the secret too
 * @throws SaslFailure when it refuses; BridgeError `server-not-trusted` when it proves nothing
 */
export async function finishExchange(
  connection: Connection,
  mechanism: SaslMechanism,
  namespace: typeof ns.sasl | typeof ns.sasl2,
  deadlineMs: number,
): Promise<XmlElement> {
  const server = connection.host;
  for (let challenges = 0; challenges <= mostChallenges; challenges += 1) {
    const answer = await connection.next(deadlineMs);
    if (answer.is('success', namespace)) {
      const proof = namespace === ns.sasl ? answer.text() : answer.childText('additional-data');
      if (mechanism.verify(decode(proof))) return answer;
      throw new BridgeError('server-not-trusted', { server, detail: 'the server signature is wrong or missing' });
    }
    if (answer.is('failure', namespace)) {
      const { fault } = saslFault(answer, server);
      throw new SaslFailure(fault.code, fault);
    }
    if (answer.is('continue', ns.sasl2) && namespace === ns.sasl2) throw continueFault(answer, server);
    if (!answer.is('challenge', namespace)) throw unexpectedAnswer(answer, server);
    const response = await mechanism.respond(decode(answer.text()) ?? Buffer.alloc(0));
    connection.write(`<response xmlns="${namespace}">${encode(response)}</response>`);
  }
  throw new BridgeError('server-incompatible', { server, detail: 'too many SASL challenges' });
}

/** RFC 6120 section 6.4.2: an empty response is sent as `=`. */
export const encode = (data: Buffer): string => (data.length === 0 ? '=' : data.toString('base64'));

function decode(content: string | undefined): Buffer | null {
  const text = content?.trim() ?? '';
  if (text === '') return null;
  return text === '=' ? Buffer.alloc(0) : Buffer.from(text, 'base64');
}
