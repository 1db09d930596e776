import { clientState } from '../extensions/0352-client-state.ts';
import { readBind2Offer } from '../extensions/0386-bind2.ts';
import { readSasl2Offer } from '../extensions/0388-sasl2.ts';
import { noLimits, readStreamLimits, type StreamLimits } from '../extensions/0478-stream-limits.ts';
import { ns } from '../namespaces.ts';
import type { XmlElement } from './xml/element.ts';
import { serialize } from './xml/serialize.ts';

const mostNames = 100;

/**
 * What the server offers in the present session, and what follows from it: how large a stanza may be, and whether it
 * hears that nobody is looking. After SASL2 the features come when the session stands already.
 */
export class SessionFeatures {
  readonly #write: (xml: string) => void;
  #offers: readonly XmlElement[] = [];
  #limits: StreamLimits = noLimits;
  #isActive = true;
  /** What the server believes of this session; null while it would not understand. */
  #isKnownActive: boolean | null = null;

  constructor(write: (xml: string) => void) {
    this.#write = write;
  }

  get limits(): StreamLimits {
    return this.#limits;
  }

  get isActive(): boolean {
    return this.#isActive;
  }

  /** Names and namespaces of everything offered, for a report. */
  get names(): readonly string[] {
    const found = this.#offers.flatMap((offer) => offer.elements()).map(({ name, namespace }) => `${name} ${namespace ?? ''}`);
    return [...new Set(found)].slice(0, mostNames).map((name) => name.slice(0, 200));
  }

  /** A session stands; `offered` are the features from before we signed in. */
  begin(offered: XmlElement): void {
    this.#offers = [offered];
    this.#limits = readStreamLimits(offered);
    this.#isKnownActive = readBind2Offer(readSasl2Offer(offered)?.inline)?.hasClientState === true ? true : null;
    this.#tellState();
  }

  /** Takes the features of the session itself. They outdo the earlier ones only in what they name. */
  note(features: XmlElement): void {
    this.#offers = [...this.#offers.slice(0, 1), features];
    const { maxBytes, idleSeconds } = readStreamLimits(features);
    this.#limits = { maxBytes: maxBytes ?? this.#limits.maxBytes, idleSeconds: idleSeconds ?? this.#limits.idleSeconds };
    if (features.child('csi', ns.clientState) !== undefined) this.#isKnownActive ??= true;
    this.#tellState();
  }

  end(): void {
    this.#offers = [];
    this.#limits = noLimits;
    this.#isKnownActive = null;
  }

  setActive(isActive: boolean): void {
    this.#isActive = isActive;
    this.#tellState();
  }

  #tellState(): void {
    if (this.#isKnownActive === null || this.#isKnownActive === this.#isActive) return;
    this.#isKnownActive = this.#isActive;
    this.#write(serialize(clientState(this.#isActive)));
  }
}
