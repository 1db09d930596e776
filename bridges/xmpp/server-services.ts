import { BridgeError } from '#bridge';
import {
  discoInfoQuery,
  discoItemsQuery,
  readDiscoInfo,
  readDiscoItems,
  type Discovered,
} from './extensions/0030-service-discovery.ts';
import { readSlot, slotRequest, type UploadSlot } from './extensions/0363-http-upload.ts';
import type { IqRequest } from './stream/iq-tracker.ts';
import type { XmlElement } from './stream/xml/element.ts';
import { ns } from './namespaces.ts';

interface UploadService {
  readonly jid: string;
  readonly maxBytes: number | undefined;
}

const nothing: Discovered = { identities: [], features: new Set(), fields: new Map() };
const quickDeadlineMs = 10_000;
const mostServices = 30;

/** What our server offers (XEP-0030), asked once a session. */
export class ServerServices {
  readonly #ownBareJid: string;
  readonly #domain: string;
  readonly #request: (request: IqRequest) => Promise<XmlElement>;
  readonly #uploadHosts = new Set<string>();
  #account: Discovered | null = null;
  #server: Discovered = nothing;
  #upload: UploadService | null | undefined;

  constructor(ownBareJid: string, domain: string, request: (request: IqRequest) => Promise<XmlElement>) {
    this.#ownBareJid = ownBareJid;
    this.#domain = domain;
    this.#request = request;
  }

  get isKnown(): boolean {
    return this.#account !== null;
  }

  get hasArchive(): boolean {
    return this.#account?.features.has(ns.archive) ?? false;
  }

  get hasCarbons(): boolean {
    return this.#server.features.has(ns.carbons);
  }

  /** Whether our own account, or its server, says that it can do this. */
  accountHas(feature: string): boolean {
    return this.#account?.features.has(feature) ?? false;
  }

  serverHas(feature: string): boolean {
    return this.#server.features.has(feature);
  }

  get maxUploadBytes(): number | undefined {
    return this.#upload?.maxBytes;
  }

  /** Hosts of files that our own server keeps. */
  isUploadHost(host: string): boolean {
    return this.#uploadHosts.has(host);
  }

  async discover(): Promise<void> {
    const [account, server] = await Promise.all([this.info(this.#ownBareJid), this.info(this.#domain)]);
    this.#account = account;
    this.#server = server;
  }

  /** Nothing found when the address answers with an error. @throws BridgeError when it does not answer. */
  async info(jid: string): Promise<Discovered> {
    try {
      const request = { type: 'get', to: jid, payload: discoInfoQuery(), deadlineMs: quickDeadlineMs } as const;
      return readDiscoInfo(await this.#request(request));
    } catch (error) {
      if (error instanceof BridgeError && error.name === 'StanzaError' && error.fault.code !== 'wrong-address') {
        return nothing;
      }
      throw error;
    }
  }

  /** Asks for a place to put a file. @throws BridgeError `unsupported`, `too-large` … */
  async requestSlot(name: string, sizeBytes: number, mime: string): Promise<UploadSlot> {
    const service = await this.findUpload();
    if (service === null) throw new BridgeError('unsupported', { detail: 'the server takes no files' });
    if (service.maxBytes !== undefined && sizeBytes > service.maxBytes) {
      throw new BridgeError('too-large', { limitBytes: service.maxBytes });
    }
    const payload = slotRequest(name, sizeBytes, mime);
    const slot = readSlot(await this.#request({ type: 'get', to: service.jid, payload }));
    for (const url of [slot.putUrl, slot.getUrl]) this.#uploadHosts.add(new URL(url).hostname);
    return slot;
  }

  /** The service that takes files, asked for once a session; null: there is none. Its limit is known then. */
  async findUpload(): Promise<UploadService | null> {
    if (this.#upload !== undefined) return this.#upload;
    const items = readDiscoItems(
      await this.#request({ type: 'get', to: this.#domain, payload: discoItemsQuery(), deadlineMs: quickDeadlineMs }),
    );
    const candidates = [this.#domain, ...items.slice(0, mostServices)];
    const found = await Promise.all(candidates.map(async (jid) => ({ jid, info: await this.info(jid).catch(() => nothing) })));
    const service = found.find(({ info }) => info.features.has(ns.upload));
    const maxBytes = Number(service?.info.fields.get('max-file-size'));
    const limit = Number.isInteger(maxBytes) && maxBytes > 0 ? maxBytes : undefined;
    this.#upload = service === undefined ? null : { jid: service.jid, maxBytes: limit };
    return this.#upload;
  }
}
