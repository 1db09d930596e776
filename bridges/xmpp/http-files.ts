import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import type { Agent, RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { BridgeError, type SendControl } from '#bridge';
import { openGcm, tagBytes } from './decrypt-file.ts';
import type { SharedSource } from './extensions/0447-stateless-file-sharing.ts';
import type { FileSource } from './file-source.ts';

export interface HttpFilesOptions {
  readonly ca?: string | readonly string[] | undefined;
  /** Hosts that our own server named: they may be in our own network. */
  isTrustedHost(host: string): boolean;
  /** The address of our own server, which often keeps the files too; null while not connected. */
  serverAddress(): string | null;
  /** Leads through the account's proxy, which then resolves names: a name into a private network is its affair. */
  findAgent?(): Promise<Agent | undefined>;
}

/** A file of ours on its way. */
export interface UploadFile {
  readonly path: string;
  readonly mime: string;
  readonly sizeBytes: number;
}

const mostRedirects = 3;
const silenceMs = 30_000;

/** Addresses that a stranger's link may not make us talk to: this computer and the network around it. */
const privateAddresses = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  privateAddresses.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  // Also an address of the old kind written as one of the new, 6to4 and the translations that lead back to it.
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  privateAddresses.addSubnet(network, bits, 'ipv6');
}

export const isPrivateAddress = (address: string): boolean =>
  privateAddresses.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Files over https: verified certificates, no other scheme, a limit on everything. */
export class HttpFiles {
  readonly #options: HttpFilesOptions;

  constructor(options: HttpFilesOptions) {
    this.#options = options;
  }

  /**
   * Streams what one of the sources holds into a new file; they are tried in their order. Encrypted bytes are opened on
   * their way; what turns out not to be whole is deleted before this rejects.
   * @throws BridgeError `too-large`, `not-found`, `forbidden`, `file-damaged`, `certificate-invalid` …
   */
  async download({ sources, sha256 }: FileSource, path: string, maxBytes: number, signal: AbortSignal): Promise<void> {
    let fault: unknown = new BridgeError('not-found', { detail: 'the message names no place to fetch the file from' });
    for (const source of sources) {
      try {
        await this.#downloadFrom(source, sha256, path, maxBytes, signal);
        return;
      } catch (error) {
        fault = error;
        if (signal.aborted || isFinal(error)) break;
      }
    }
    throw fault;
  }

  async #downloadFrom(
    { url, key }: SharedSource,
    sha256: string | null,
    path: string,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<void> {
    const response = await this.#get(url, signal, mostRedirects);
    const announced = Number(response.headers['content-length'] ?? '0');
    if (announced > maxBytes + (key === null ? 0 : tagBytes)) {
      response.destroy();
      throw new BridgeError('too-large', { limitBytes: maxBytes });
    }
    // 'wx': a file or a link that is there already is never written through.
    const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
      response.destroy();
      throw asFault(error, url);
    });
    try {
      const hash = createHash('sha256');
      const readable = key === null ? response : openGcm(response, key);
      await pipeline(watched(readable, hash, maxBytes), file.createWriteStream(), { signal });
      if (sha256 !== null && hash.digest('hex') !== sha256) {
        throw new BridgeError('file-damaged', { detail: 'the bytes do not match the announced hash' });
      }
    } catch (error) {
      response.destroy();
      // Ours, and not to be taken for the file.
      await rm(path, { force: true });
      throw asFault(error, url);
    }
  }

  /**
   * Puts a file where a slot says. Headers come from the slot and were checked. @throws BridgeError `cancelled` when
   * `signal` was aborted
   */
  async upload(url: string, headers: Readonly<Record<string, string>>, file: UploadFile, control: SendControl = {}): Promise<void> {
    const { onProgress, signal } = control;
    const { path, mime, sizeBytes } = file;
    if (signal?.aborted === true) throw new BridgeError('cancelled');
    const response = await this.#open(url, {
      method: 'PUT',
      headers: { ...headers, 'content-type': mime, 'content-length': String(sizeBytes) },
      body: createReadStream(path),
      onSent: (sentBytes) => onProgress?.(Math.min(sentBytes, sizeBytes), sizeBytes),
      ...(signal === undefined ? {} : { signal }),
    });
    response.resume();
    const { statusCode = 0 } = response;
    if (statusCode < 200 || statusCode > 299) throw statusFault(statusCode, url);
  }

  async #get(url: string, signal: AbortSignal, redirectsLeft: number): Promise<IncomingMessage> {
    const response = await this.#open(url, { method: 'GET', signal });
    const { statusCode = 0 } = response;
    if (statusCode >= 200 && statusCode <= 299) return response;
    response.destroy();
    const { location } = response.headers;
    if (statusCode >= 301 && statusCode <= 308 && location !== undefined && redirectsLeft > 0) {
      return await this.#get(new URL(location, url).href, signal, redirectsLeft - 1);
    }
    throw statusFault(statusCode, url);
  }

  #mayReach(address: string): boolean {
    return !isPrivateAddress(address) || address === this.#options.serverAddress();
  }

  /** Resolves a name to those of its addresses that a stranger's link may lead to; the connection then uses these. */
  readonly #guardedLookup: NonNullable<RequestOptions['lookup']> = (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      const allowed = (found ?? []).filter(({ address }) => this.#mayReach(address));
      const [first] = allowed;
      if (error !== null) callback(error, '', 0);
      else if (first === undefined) callback(privateFault(host), '', 0);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };

  async #open(
    address: string,
    {
      body,
      onSent,
      ...options
    }: RequestOptions & { body?: NodeJS.ReadableStream; signal?: AbortSignal; onSent?: (sentBytes: number) => void },
  ): Promise<IncomingMessage> {
    const agent = await this.#options.findAgent?.();
    return await new Promise((resolve, reject) => {
      const fail = (error: unknown): void => reject(asFault(error, address));
      const url = URL.canParse(address) ? new URL(address) : null;
      if (url?.protocol !== 'https:') {
        fail(new BridgeError('forbidden', { detail: 'only https addresses are fetched' }));
        return;
      }
      const isTrusted = this.#options.isTrustedHost(url.hostname);
      const literal = url.hostname.replace(/^\[|\]$/g, '');
      if (!isTrusted && isIP(literal) !== 0 && !this.#mayReach(literal)) {
        fail(privateFault(url.hostname));
        return;
      }
      const { ca } = this.#options;
      // Not imported: who fetches no file needs no HTTP.
      const sent = process.getBuiltinModule('node:https').request(url, {
        ...options,
        ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
        ...(isTrusted ? {} : { lookup: this.#guardedLookup }),
        ...(agent === undefined ? {} : { agent }),
        timeout: silenceMs,
      });
      sent.on('timeout', () => sent.destroy(new BridgeError('server-unreachable', { server: url.hostname })));
      sent.on('error', fail);
      sent.on('response', resolve);
      if (body === undefined) sent.end();
      else pipeline(body, counted(onSent), sent).catch(fail);
    });
  }
}

/** Bytes as they come, hashed and limited. */
async function* watched(bytes: AsyncIterable<Buffer>, hash: Hash, maxBytes: number): AsyncGenerator<Buffer> {
  let receivedBytes = 0;
  for await (const chunk of bytes) {
    receivedBytes += chunk.length;
    if (receivedBytes > maxBytes) throw new BridgeError('too-large', { limitBytes: maxBytes });
    hash.update(chunk);
    yield chunk;
  }
}

/** Hands bytes on and says how many there were: as fast as the other end takes them, so close to what arrived. */
const counted = (onSent: ((sentBytes: number) => void) | undefined) =>
  async function* (bytes: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer | string> {
    let sentBytes = 0;
    for await (const chunk of bytes) {
      yield chunk;
      sentBytes += chunk.length;
      onSent?.(sentBytes);
    }
  };

/** Another source would say the same. */
const isFinal = (error: unknown): boolean => error instanceof BridgeError && error.fault.code === 'too-large';

const privateFault = (host: string): BridgeError =>
  new BridgeError('forbidden', { server: host, detail: 'the address leads into a private network' });

function statusFault(status: number, url: string): BridgeError {
  const { hostname: server } = new URL(url);
  const detail = `HTTP ${status}`;
  if (status === 404 || status === 410) return new BridgeError('not-found', { server, detail });
  if (status === 401 || status === 403) return new BridgeError('forbidden', { server, detail });
  if (status === 413) return new BridgeError('too-large', { server, detail });
  return new BridgeError(status >= 500 || status === 429 ? 'server-unreachable' : 'rejected', { server, detail });
}

function asFault(error: unknown, url: string): BridgeError {
  if (error instanceof BridgeError) return error;
  const server = URL.canParse(url) ? new URL(url).hostname : undefined;
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && error.name === 'AbortError') return new BridgeError('cancelled');
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) return new BridgeError('certificate-invalid', { server, detail });
  if (code === 'EEXIST') return new BridgeError('internal', { detail: 'the target file exists' });
  return new BridgeError('server-unreachable', { server, detail });
}
