import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

/** A CAS server that lets everybody in under one name, as if they had typed their password on its page. */
export interface CasServer {
  url: string;
  stop(): Promise<void>;
}

/** @see https://apereo.github.io/cas/7.2.x/protocol/CAS-Protocol-Specification.html sections 2.1 and 2.6 */
export async function startCas(user: string): Promise<CasServer> {
  const tickets = new Map<string, string>();
  const http = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const service = url.searchParams.get('service') ?? '';
    if (url.pathname === '/login') {
      const ticket = `ST-${randomBytes(16).toString('hex')}`;
      tickets.set(ticket, service);
      const target = new URL(service);
      target.searchParams.set('ticket', ticket);
      response.writeHead(302, { location: target.href }).end();
      return;
    }
    const ticket = url.searchParams.get('ticket') ?? '';
    const isKnown = tickets.delete(ticket);
    const inside = isKnown
      ? `<cas:authenticationSuccess><cas:user>${user}</cas:user></cas:authenticationSuccess>`
      : '<cas:authenticationFailure code="INVALID_TICKET">unknown</cas:authenticationFailure>';
    response.writeHead(200, { 'content-type': 'application/xml' }).end(`<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">${inside}</cas:serviceResponse>`);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };
}
