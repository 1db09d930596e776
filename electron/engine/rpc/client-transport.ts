import type { EngineFrame } from '#rpc';

/** One connected page, whatever carries its frames: a MessagePort, a WebSocket, or a pipe through the host. */
export interface ClientTransport {
  readonly post: (frame: EngineFrame) => void;
  /** Frames come from hostile territory: unknown until checked. */
  readonly onFrame: (listener: (frame: unknown) => void) => void;
  readonly onClose: (listener: () => void) => void;
  /** True while what was posted piles up; events wait and are merged meanwhile. Absent: never. */
  readonly isCongested?: (() => boolean) | undefined;
}
