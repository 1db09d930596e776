import type { EngineLinkEvents, LaunchEngine } from './engine-link.ts';

/**
 * Starts an engine process at once, before anybody is there to talk to it: it loads its code while Electron gets
 * ready. The first launch takes it over; every later one, or one after it ended meanwhile, starts a new process.
 */
export const startAhead = (launch: LaunchEngine): LaunchEngine => {
  let hearer: EngineLinkEvents | null = null;
  let isFree = true;
  const link = launch({
    // It is asked nothing before it is taken over, so it has nothing to say.
    onMessage: (message) => hearer?.onMessage(message),
    onExit: (code) => {
      isFree = false;
      hearer?.onExit(code);
    },
  });
  return (events) => {
    if (!isFree) return launch(events);
    isFree = false;
    hearer = events;
    return link;
  };
};
