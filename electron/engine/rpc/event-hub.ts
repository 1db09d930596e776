import type { RpcEvent, RpcEvents } from '#rpc';
import { EventBatch } from './event-batch.ts';

export type EventListener = <Event extends RpcEvent>(event: Event, payload: RpcEvents[Event]) => void;

/** The way every change takes out of the engine. */
export interface EventHub {
  readonly emit: EventListener;
  /** Listeners hear each event at once, not merged: the host counts and notifies with them. */
  readonly listen: (listener: EventListener) => () => void;
  /** A page hears changes merged, at most once a frame. */
  readonly attach: (target: EventTarget) => () => void;
  /** Sends what is still waiting. */
  readonly flush: () => void;
}

export interface EventTarget {
  readonly post: EventListener;
  readonly isCongested: () => boolean;
}

/** One screen frame: more often nobody could see it. */
const frameMs = 16;

export const createEventHub = (): EventHub => {
  const listeners = new Set<EventListener>();
  const batches = new Map<EventTarget, EventBatch>();
  let timer: NodeJS.Timeout | null = null;

  const flush = (): void => {
    timer = null;
    for (const [target, batch] of batches) {
      if (batch.isEmpty()) continue;
      if (target.isCongested()) schedule();
      else batch.drain(target.post);
    }
  };
  const schedule = (): void => {
    timer ??= setTimeout(flush, frameMs);
  };

  return {
    emit(event, payload) {
      for (const listener of listeners) listener(event, payload);
      for (const batch of batches.values()) batch.add(event, payload);
      if (batches.size > 0) schedule();
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    attach(target) {
      batches.set(target, new EventBatch());
      return () => batches.delete(target);
    },
    flush() {
      if (timer !== null) clearTimeout(timer);
      flush();
    },
  };
};
