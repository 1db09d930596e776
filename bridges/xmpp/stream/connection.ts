import { BridgeError } from '#bridge';
import type { ChannelBindingType } from '../extensions/0440-channel-binding-types.ts';
import type { TlsFacts } from './secure-socket.ts';
import type { WireTap } from './wire-tap.ts';
import type { XmlElement } from './xml/element.ts';

export type Transport = 'tcp' | 'websocket';

export interface ConnectionHandlers {
  onElement(element: XmlElement): void;
  /** Called once, whatever ended the connection. */
  onClose(error: BridgeError): void;
}

/** Elements. A server that says more than that before the session stands is not read until we come to it. */
const mostWaiting = 500;

type Waiter = { resolve(element: XmlElement): void; reject(error: BridgeError): void };

/**
 * One XML stream, whatever carries it. While negotiating, elements are read one by one with `next`; afterwards
 * `listen` hands over to callbacks. Destroyed at the first error; never reused.
 */
export abstract class Connection {
  /** When bytes last arrived; a link that stays silent is asked whether it lives. */
  lastHeardMs = performance.now();
  /** When we last wrote something. */
  lastSaidMs = performance.now();
  /** What faults call the server. */
  readonly host: string;
  abstract readonly transport: Transport;
  /** Where it leads, for a report. */
  abstract readonly endpoint: string;
  abstract readonly isProxied: boolean;
  /** For the console of a person who looks closer. */
  tap: WireTap | null = null;
  /** Sees bytes of the session that are not parsed yet, where the transport reads ahead. For guessing, never for believing. */
  lookAhead: ((bytes: Buffer) => void) | null = null;
  #received: XmlElement[] = [];
  #isHeldBack = false;
  #waiter: Waiter | null = null;
  #handlers: ConnectionHandlers | null = null;
  #closedBy: BridgeError | null = null;

  protected constructor(host: string) {
    this.host = host;
  }

  abstract get isSecure(): boolean;

  /** Plain form, also of an IPv4 address in IPv6 clothes; null when it is not known. */
  abstract get remoteAddress(): string | null;

  /** Opens the stream, or opens it anew as after TLS and after SASL: what was received before is dropped. */
  abstract openStream(domain: string, from: string | null): void;

  /** Writes one top-level element. After the end of the connection it does nothing. */
  abstract write(xml: string): void;

  /** Channel binding data; null where this TLS cannot give it. */
  abstract channelBinding(type: ChannelBindingType): Buffer | null;

  /** Null while the connection is not encrypted. */
  abstract get tlsFacts(): TlsFacts | null;

  /** Stops reading while the store is behind, so that a flood waits in the server and not in our memory. */
  abstract pause(): void;

  abstract resume(): void;

  /** Says goodbye as far as the connection takes it, then destroys it. */
  abstract end(lastWords: string): void;

  protected abstract destroy(): void;

  protected get isClosed(): boolean {
    return this.#closedBy !== null;
  }

  /** The negotiation is over. */
  protected get isListening(): boolean {
    return this.#handlers !== null;
  }

  /** The next top-level element. @throws BridgeError when none comes in time or the connection ends. */
  async next(deadlineMs: number): Promise<XmlElement> {
    const ready = this.#received.shift();
    if (this.#received.length === 0) this.#readOn();
    if (ready !== undefined) return ready;
    if (this.#closedBy !== null) throw this.#closedBy;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<XmlElement>((resolve, reject) => {
        this.#waiter = { resolve, reject };
        timer = setTimeout(() => this.close(silenceFault(this.host)), deadlineMs);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** The element that came next, if it is there already and is the one asked for. */
  takeWaiting(name: string, namespace: string): XmlElement | null {
    return this.#received[0]?.is(name, namespace) === true ? (this.#received.shift() ?? null) : null;
  }

  /** Ends negotiation: everything received from now on, and what already waits, goes to the handlers. */
  listen(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
    const waiting = this.#received;
    this.#received = [];
    this.#readOn();
    for (const element of waiting) handlers.onElement(element);
    if (this.#closedBy !== null) handlers.onClose(this.#closedBy);
  }

  /** The one exit. */
  close(error: BridgeError, isDestroyed = true): void {
    if (this.#closedBy !== null) return;
    this.#closedBy = error;
    if (isDestroyed) this.destroy();
    const waiter = this.#waiter;
    this.#waiter = null;
    waiter?.reject(error);
    this.#handlers?.onClose(error);
  }

  protected forgetReceived(): void {
    this.#received = [];
    this.#readOn();
  }

  protected deliver(element: XmlElement): void {
    if (this.#closedBy !== null) return;
    this.tap?.received(element);
    if (this.#handlers !== null) {
      this.#handlers.onElement(element);
      return;
    }
    const waiter = this.#waiter;
    if (waiter === null) {
      this.#received.push(element);
      if (this.#received.length >= mostWaiting && !this.#isHeldBack) {
        this.#isHeldBack = true;
        this.pause();
      }
      return;
    }
    this.#waiter = null;
    waiter.resolve(element);
  }

  #readOn(): void {
    if (!this.#isHeldBack) return;
    this.#isHeldBack = false;
    this.resume();
  }
}

const silenceFault = (server: string): BridgeError =>
  new BridgeError('server-unreachable', { server, detail: 'the server did not answer in time' });

/** Aborts with a fault that says what happened, unlike `AbortSignal.timeout`. */
export function timeoutSignal(afterMs: number, server: string): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(silenceFault(server)), afterMs).unref();
  return controller.signal;
}
