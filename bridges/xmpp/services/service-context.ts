import type { Dialog, SecretStore } from '#bridge';
import type { BitsCache } from '../extensions/0231-bits-of-binary.ts';
import type { HttpFiles } from '../http-files.ts';
import type { ServerServices } from '../server-services.ts';
import type { IqRequest } from '../stream/iq-tracker.ts';
import type { XmlElement } from '../stream/xml/element.ts';

/** What dialogs and the service browser work with. */
export interface ServiceContext {
  readonly ownBareJid: string;
  readonly domain: string;
  readonly files: Pick<HttpFiles, 'download'>;
  readonly server: Pick<ServerServices, 'isUploadHost' | 'requestSlot'>;
  readonly bits: BitsCache;
  readonly secrets: SecretStore;
  /** For what is on its way; a folder of this account's own. */
  readonly dataDir: string;
  request(iq: IqRequest): Promise<XmlElement>;
}

/** Starts a dialog of one kind. */
export type DialogOpener<Request> = (request: Request, context: ServiceContext, signal: AbortSignal) => Promise<Dialog>;
