import type { MessagePortMain } from 'electron';
import type { EngineToHost, HostToEngine } from '#rpc';

/** A running engine process, however it was started. */
export interface EngineLink {
  /** True: a page's port can be handed over and its frames bypass this process. */
  readonly takesPorts: boolean;
  post(message: HostToEngine, port?: MessagePortMain): void;
  /** Ends the process at once. */
  kill(): void;
}

export interface EngineLinkEvents {
  onMessage(message: EngineToHost): void;
  onExit(code: number | null): void;
}

/** Starts an engine process. The engine cannot tell which launcher it was. */
export type LaunchEngine = (events: EngineLinkEvents) => EngineLink;
