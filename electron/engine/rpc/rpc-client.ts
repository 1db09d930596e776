/** The page a call came from: what belongs to it ends with it. */
export interface RpcClient {
  /** Called once when the page goes away; at once when it is gone already. The answer takes the listener off again. */
  readonly onClose: (listener: () => void) => () => void;
}

/** A page, and the end of it. */
export const createRpcClient = (): { readonly client: RpcClient; readonly close: () => void } => {
  const listeners = new Set<() => void>();
  let isClosed = false;
  return {
    client: {
      onClose: (listener) => {
        if (isClosed) listener();
        else listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    close: () => {
      isClosed = true;
      for (const listener of listeners) listener();
      listeners.clear();
    },
  };
};
