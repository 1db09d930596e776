import { randomUUID } from 'node:crypto';
import { BridgeError } from '#bridge';
import { ns } from './namespaces.ts';
import type { StreamOptions } from './stream/credentials.ts';
import type { IqRequest } from './stream/iq-tracker.ts';
import { openSecureStream, type SecureStream } from './stream/open-secure-stream.ts';
import { StanzaError } from './stream/stanza-error.ts';
import { element, type XmlElement } from './stream/xml/element.ts';
import { serialize } from './stream/xml/serialize.ts';

const usualDeadlineMs = 30_000;
const mostStrangeStanzas = 50;

/** An encrypted stream on which nobody is signed in: good for asking for an account, one question at a time. */
export class SignUpStream {
  readonly #options: StreamOptions;
  #stream: SecureStream | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  get domain(): string {
    return this.#options.domain;
  }

  get serverAddress(): string | null {
    return this.#stream?.connection.remoteAddress ?? null;
  }

  /** Connects, anew if it has to be. @throws BridgeError */
  async open(signal: AbortSignal): Promise<void> {
    this.close();
    this.#stream = await openSecureStream(this.#options, signal);
  }

  /** @throws StanzaError for an error answer; BridgeError when the connection is gone or no answer comes. */
  request(iq: IqRequest): Promise<XmlElement> {
    const asked = this.#queue.then(() => this.#ask(iq));
    this.#queue = asked.catch(() => undefined);
    return asked;
  }

  close(): void {
    this.#stream?.connection.end('');
    this.#stream?.connection.close(new BridgeError('cancelled'));
    this.#stream = null;
  }

  async #ask({ type, payload, deadlineMs = usualDeadlineMs }: IqRequest): Promise<XmlElement> {
    const connection = this.#stream?.connection;
    if (connection === undefined) throw new BridgeError('offline');
    // The last door before a password leaves.
    if (!connection.isSecure) throw new BridgeError('no-encryption', { server: connection.host });
    const id = randomUUID();
    connection.write(serialize(element('iq', { xmlns: ns.client, type, id, to: this.domain }, payload)));
    for (let count = 0; count < mostStrangeStanzas; count += 1) {
      const answer = await connection.next(deadlineMs);
      if (answer.name !== 'iq' || answer.attribute('id') !== id) continue;
      if (answer.attribute('type') === 'result') return answer;
      throw StanzaError.from(answer);
    }
    throw new BridgeError('server-incompatible', { server: this.domain });
  }
}
