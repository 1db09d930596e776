const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether secrets may go there: encryption is a must; plain HTTP only to this very computer. */
export const isAllowedOrigin = (url: URL): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && loopbackHosts.has(url.hostname));
