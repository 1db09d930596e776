import type { IncomingMessage } from 'node:http';
import type { Agent } from 'node:https';
import { BridgeError } from '#bridge';

export interface FetchOptions {
  /** PEM authorities instead of the system's. */
  readonly ca?: string | readonly string[] | undefined;
  /** Leads through the account's proxy. */
  readonly agent?: Agent | undefined;
  /** Ends the fetch, whatever it is doing. */
  readonly signal: AbortSignal;
}

const mostRedirects = 3;
/** A host-meta of a few links has less than one hundredth of that. */
const mostBytes = 64 * 1024;

/**
 * Reads a small public document: only over https, with a verified certificate at every step of a redirect.
 * @throws whatever went wrong, `too-large` included
 */
export async function fetchDocument(address: string, options: FetchOptions, redirectsLeft = mostRedirects): Promise<string> {
  const url = new URL(address);
  if (url.protocol !== 'https:') throw new BridgeError('forbidden', { detail: 'only https addresses are fetched' });
  const response = await open(url, options);
  const { statusCode = 0, headers } = response;
  if (statusCode === 200) return await readText(response);
  response.destroy();
  if (statusCode >= 301 && statusCode <= 308 && headers.location !== undefined && redirectsLeft > 0) {
    return await fetchDocument(new URL(headers.location, url).href, options, redirectsLeft - 1);
  }
  throw new BridgeError('not-found', { server: url.hostname, detail: `HTTP ${statusCode}` });
}

const open = (url: URL, { ca, agent, signal }: FetchOptions): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const trusted = ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] };
    // Not imported: hardly anybody ever needs it.
    const request = process.getBuiltinModule('node:https').get(url, {
      ...trusted,
      ...{ signal, agent: agent ?? false, rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    });
    request.on('response', resolve);
    request.on('error', reject);
  });

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let receivedBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    receivedBytes += chunk.length;
    // Leaving the loop destroys the response.
    if (receivedBytes > mostBytes) throw new BridgeError('too-large', { limitBytes: mostBytes });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
