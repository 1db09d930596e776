import type { Socket } from 'node:net';

export interface RaceOptions<Place> {
  /** How long one place may take before the next is tried beside it. */
  readonly staggerMs: number;
  readonly signal: AbortSignal;
  connect(place: Place, signal: AbortSignal): Promise<Socket>;
  onFailure(place: Place, error: unknown): void;
}

export interface Winner<Place> {
  readonly place: Place;
  readonly socket: Socket;
}

/**
 * Happy eyeballs (RFC 8305, XEP-0495): the places are tried in order, each a moment after the one before or as soon as
 * that one failed, and the first to connect wins; the others are closed. Null when none does.
 */
export async function race<Place>(places: readonly Place[], options: RaceOptions<Place>): Promise<Winner<Place> | null> {
  const { staggerMs, signal, connect, onFailure } = options;
  signal.throwIfAborted();
  const losers = new AbortController();
  const either = AbortSignal.any([signal, losers.signal]);
  const { promise, resolve } = Promise.withResolvers<Winner<Place> | null>();
  let timer: NodeJS.Timeout | undefined;
  let started = 0;
  let running = 0;
  let isOver = false;

  const startNext = (): void => {
    clearTimeout(timer);
    if (isOver || started >= places.length) return;
    const place = places[started] as Place;
    started += 1;
    running += 1;
    if (started < places.length) timer = setTimeout(startNext, staggerMs);
    connect(place, either).then(
      (socket) => {
        // Two may get through in the same moment.
        if (isOver) return void socket.destroy();
        isOver = true;
        resolve({ place, socket });
      },
      (error: unknown) => {
        running -= 1;
        if (isOver) return;
        onFailure(place, error);
        if (started < places.length) startNext();
        else if (running === 0) resolve(null);
      },
    );
  };
  const stop = (): void => resolve(null);
  signal.addEventListener('abort', stop, { once: true });
  if (places.length === 0) resolve(null);
  startNext();
  try {
    const winner = await promise;
    signal.throwIfAborted();
    return winner;
  } finally {
    isOver = true;
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    losers.abort();
  }
}
