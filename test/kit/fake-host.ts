import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BridgeEvent, BridgeHost, Json } from '#bridge';
import { until } from './until.ts';

type EventType = BridgeEvent['type'];
type EventOf<Type extends EventType> = Extract<BridgeEvent, { readonly type: Type }>;

/** A host that remembers what a bridge said, as the engine would store it. */
export interface FakeHost extends BridgeHost {
  readonly events: readonly BridgeEvent[];
  /** What the last `emit` with a state saved; hand it to `open` again to play a restart. */
  readonly savedState: Json | null;
  readonly secretValues: Map<string, string>;
  readonly logLines: readonly string[];
  of<Type extends EventType>(type: Type): readonly EventOf<Type>[];
  /** Resolves with the first event of that type that fits, also one that came before. */
  waitFor<Type extends EventType>(
    type: Type,
    fits?: (event: EventOf<Type>) => boolean,
    timeoutMs?: number,
  ): Promise<EventOf<Type>>;
  /** Holds every commit until `release`; the bridge must not acknowledge meanwhile. */
  hold(): void;
  release(): void;
  /** The next emits fail as a full disk would. */
  failNext(error: Error): void;
  abort(): void;
  /** Deletes the data folder. */
  dispose(): void;
}

export const createFakeHost = (
  options: { readonly secrets?: Readonly<Record<string, string>>; readonly dataDir?: string } = {},
): FakeHost => {
  const events: BridgeEvent[] = [];
  const logLines: string[] = [];
  const secretValues = new Map(Object.entries(options.secrets ?? {}));
  const dataDir = options.dataDir ?? mkdtempSync(path.join(tmpdir(), 'palomar-host-'));
  const controller = new AbortController();
  let savedState: Json | null = null;
  let gate: { readonly open: () => void; readonly opened: Promise<void> } | null = null;
  let nextError: Error | null = null;
  const log = (level: string) => (message: string, data?: Readonly<Record<string, unknown>>) => {
    logLines.push(`${level} ${message} ${data ? JSON.stringify(data) : ''}`);
  };

  const of = <Type extends EventType>(type: Type): EventOf<Type>[] =>
    events.filter((event): event is EventOf<Type> => event.type === type);

  return {
    events,
    get savedState() {
      return savedState;
    },
    secretValues,
    logLines,
    dataDir,
    signal: controller.signal,
    async emit(batch, state) {
      // A clone proves that every event could cross a thread.
      const copy = structuredClone(batch);
      if (gate) await gate.opened;
      if (nextError) {
        const error = nextError;
        nextError = null;
        throw error;
      }
      events.push(...copy);
      if (state !== undefined) savedState = structuredClone(state);
    },
    secrets: {
      get: async (name) => secretValues.get(name) ?? null,
      set: async (name, value) => void secretValues.set(name, value),
      delete: async (name) => void secretValues.delete(name),
    },
    log: { debug: log('debug'), info: log('info'), warn: log('warn') },
    of,
    async waitFor(type, fits = () => true, timeoutMs = 15_000) {
      let found: EventOf<typeof type> | undefined;
      await until(() => (found = of(type).find(fits)) !== undefined, { timeoutMs, label: `event ${type}` });
      return found as EventOf<typeof type>;
    },
    hold() {
      let open = (): void => {};
      const opened = new Promise<void>((resolve) => (open = resolve));
      gate = { open, opened };
    },
    release() {
      gate?.open();
      gate = null;
    },
    failNext(error) {
      nextError = error;
    },
    abort: () => controller.abort(),
    dispose: () => rmSync(dataDir, { recursive: true, force: true }),
  };
};
