/**
 * Frames between the engine process and the process that hosts it. Over a utility process they are cloned; over
 * a child process they are one JSON value a line on stdin and stdout. The engine cannot tell which one it is.
 */
import type { HostInput, HostMethod } from './host.ts';
import type { ClientFrame, EngineFrame, RpcError, RpcEvents } from './rpc.ts';

export type HostToEngine =
  | {
      readonly type: 'host-call';
      readonly id: number;
      readonly method: HostMethod;
      readonly input: HostInput<HostMethod>;
    }
  /** A page connected. With a transferred MessagePort (utility process) its frames go there and not here. */
  | { readonly type: 'client-opened'; readonly client: number }
  | { readonly type: 'client-frame'; readonly client: number; readonly frame: ClientFrame }
  | { readonly type: 'client-closed'; readonly client: number }
  /** What `print` asked for, in base64; null: it could not be made. */
  | { readonly type: 'printed'; readonly id: number; readonly pdf: string | null };

export type EngineToHost =
  | { readonly type: 'host-answer'; readonly id: number; readonly output: unknown }
  | { readonly type: 'host-error'; readonly id: number; readonly error: RpcError }
  | { readonly type: 'engine-frame'; readonly client: number; readonly frame: EngineFrame }
  | { readonly type: 'notify'; readonly notification: RpcEvents['notification.raised'] }
  | { readonly type: 'alert'; readonly alert: RpcEvents['alert.raised'] }
  | { readonly type: 'alerts'; readonly count: number }
  | { readonly type: 'unread'; readonly total: number }
  | { readonly type: 'settings'; readonly settings: RpcEvents['settings.changed']['settings'] }
  /** A page of ours to be made into a PDF; only hosts with a window of their own are asked. */
  | { readonly type: 'print'; readonly id: number; readonly html: string }
  /** The engine cannot go on (profile in use, store from a newer version …); shown in a dialog, then it exits. */
  | { readonly type: 'fatal'; readonly error: RpcError };
