import type { ConsoleLine } from '#bridge';
import { ns } from '../namespaces.ts';
import type { WireTap } from '../stream/wire-tap.ts';
import type { XmlElement } from '../stream/xml/element.ts';
import { serialize } from '../stream/xml/serialize.ts';
import { withoutCredentials } from './hide-credentials.ts';
import { readFragment } from './read-fragment.ts';

type Listener = (lines: readonly ConsoleLine[]) => void;

const longestLine = 64 * 1024;
/** Lines go out together, so that a flood of stanzas is no flood of calls. */
const batchMs = 50;
const mostWaiting = 2_000;
const streamHeader = /^(?:<\?xml[^>]*\?>)?<stream:stream [^<>]*>$/;

/** What goes over the wire, for as long as somebody watches. Without watchers nothing is read, copied or kept. */
export class WireLog implements WireTap {
  readonly #listeners = new Set<Listener>();
  readonly #now: () => number;
  #waiting: ConsoleLine[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Lines from now on. @returns the way to stop */
  watch(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#waiting = [];
    };
  }

  received(element: XmlElement): void {
    if (this.#listeners.size > 0) this.#note('in', element);
  }

  sent(xml: string): void {
    if (this.#listeners.size === 0) return;
    if (streamHeader.test(xml)) this.#add('out', 'stream', xml);
    else for (const element of readSent(xml)) this.#note('out', element);
  }

  #note(direction: ConsoleLine['direction'], element: XmlElement): void {
    this.#add(direction, kindOf(element), serialize(withoutCredentials(element)));
  }

  #add(direction: ConsoleLine['direction'], kind: string, whole: string): void {
    const text = whole.length > longestLine ? `${whole.slice(0, longestLine - 2)} …` : whole;
    this.#waiting.push({ atMs: this.#now(), direction, kind, text });
    if (this.#waiting.length > mostWaiting) this.#waiting.shift();
    this.#timer ??= setTimeout(() => this.#flush(), batchMs);
  }

  #flush(): void {
    this.#timer = undefined;
    const lines = this.#waiting;
    this.#waiting = [];
    for (const listener of this.#listeners) listener(lines);
  }
}

/** What cannot be read back might hold anything, so it is not shown. */
function readSent(xml: string): readonly XmlElement[] {
  try {
    return readFragment(xml);
  } catch {
    return [];
  }
}

function kindOf({ name, namespace }: XmlElement): string {
  if (namespace === ns.client && (name === 'message' || name === 'presence' || name === 'iq')) return name;
  return namespace === ns.streamManagement ? 'sm' : 'stream';
}
