/**
 * matrix-js-sdk writes to loggers of its own (MatrixRTC to a global one), which end on the console: room ids, user
 * ids, now and then an event. Nothing of that belongs into anybody's output; what matters goes to `host.log`.
 */
import { logger } from 'matrix-js-sdk/lib/logger.js';

const quiet = (): void => undefined;

/** Call it before a client is made: loggers look the console up when they write. */
export const silenceLogs = (): void => {
  if ('setLevel' in logger && typeof logger.setLevel === 'function') logger.setLevel('silent', false);
  for (const name of ['trace', 'debug', 'log', 'info', 'warn', 'error'] as const) console[name] = quiet; // eslint-disable-line no-console -- taken away, not used
};

interface QuietLogger {
  trace(): void;
  debug(): void;
  info(): void;
  warn(): void;
  error(): void;
  getChild(): QuietLogger;
}

/** A logger for the client itself. */
export const quietLogger: QuietLogger = {
  trace: quiet,
  debug: quiet,
  info: quiet,
  warn: quiet,
  error: quiet,
  getChild: () => quietLogger,
};
