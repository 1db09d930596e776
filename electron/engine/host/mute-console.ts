/** Libraries print; what they print may hold what people wrote, and on stdout it would break the frames. */
export const muteConsole = (): void => {
  for (const level of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
    console[level] = () => {}; // eslint-disable-line no-console -- replaced here so that nobody else prints
  }
};
