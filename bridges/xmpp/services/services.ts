import { BridgeError, type BridgeHost, type Dialog, type DialogRequest, type DialogStep, type ServiceAbility } from '#bridge';
import type { CommandInfo, ServiceDetail } from '#model';
import type { AccountLink } from '../account-link.ts';
import { openRoomConfiguration } from '../configure-room.ts';
import { BitsCache } from '../extensions/0231-bits-of-binary.ts';
import type { StreamEngine } from '../stream/stream-engine.ts';
import { serviceAddress } from './ask.ts';
import { openCommand } from './command-dialog.ts';
import { openPasswordChange } from './password-dialog.ts';
import { PeopleDirectory } from './people-directory.ts';
import { openPrompt } from './prompt-dialog.ts';
import { openRegistration, openRemoval, openRoomRegistration } from './register-dialog.ts';
import { isEnterCommand } from './registration-state.ts';
import { openSearch } from './search-dialog.ts';
import { inspectService, listCommands, listServices } from './service-browser.ts';
import type { DialogOpener, ServiceContext } from './service-context.ts';

/** What opens each kind of dialog; other parts of the bridge bring those of their own. */
export type DialogOpeners = {
  readonly [Kind in DialogRequest['kind']]?: DialogOpener<Extract<DialogRequest, { readonly kind: Kind }>>;
};

const openers: DialogOpeners = {
  command: openCommand,
  register: openRegistration,
  unregister: openRemoval,
  search: openSearch,
  'address-prompt': openPrompt,
  'change-password': openPasswordChange,
  'configure-room': openRoomConfiguration,
  'register-with-room': openRoomRegistration,
};

/** Gateways, bots and services behind an account: looking around, and the dialogs they lead a person through. */
export class Services implements ServiceAbility {
  readonly #context: ServiceContext;
  readonly #openers: DialogOpeners;
  readonly #link: AccountLink;
  readonly people: PeopleDirectory;

  constructor(link: AccountLink, engine: Pick<StreamEngine, 'request'>, host: Pick<BridgeHost, 'secrets' | 'dataDir'>, more: DialogOpeners = {}) {
    this.#openers = { ...openers, ...more };
    this.#link = link;
    this.#context = {
      ownBareJid: link.ownBareJid,
      domain: link.domain,
      files: link.files,
      server: link.services,
      bits: new BitsCache(),
      secrets: host.secrets,
      dataDir: host.dataDir,
      request: (iq) => engine.request(iq),
    };
    this.people = new PeopleDirectory(this.#context);
  }

  async list(signal: AbortSignal): Promise<readonly ServiceDetail[]> {
    return (await listServices(this.#context, [], signal)).map((one) => this.#withChoice(one));
  }

  async inspect(address: string, node: string | null, signal: AbortSignal): Promise<ServiceDetail> {
    return this.#withChoice(await inspectService(address, node, this.#context, signal));
  }

  async setLetsPeopleIn(typed: string, isAllowed: boolean): Promise<void> {
    await this.#link.gateways.setLetsPeopleIn(serviceAddress(typed), isAllowed);
  }

  /** Only of a gateway that we know to be signed in at: its word alone opens nothing. */
  #withChoice(service: ServiceDetail): ServiceDetail {
    const { gateways } = this.#link;
    const isOurs = service.isRegistered === true && service.node === null && gateways.isOurGuest(service.address);
    return isOurs ? { ...service, letsPeopleIn: gateways.letsIn(service.address) } : service;
  }

  commands(address: string, signal: AbortSignal): Promise<readonly CommandInfo[]> {
    return listCommands(address, this.#context, signal);
  }

  async open(request: DialogRequest, signal: AbortSignal): Promise<Dialog> {
    // The map promises that a kind's opener takes requests of that kind.
    const opener = this.#openers[request.kind] as DialogOpener<DialogRequest> | undefined;
    if (opener === undefined) throw new BridgeError('unsupported');
    const dialog = await opener(request, this.#context, signal);
    return 'address' in request ? this.#followed(dialog, request.address, signsIn(request)) : dialog;
  }

  /** What a gateway was asked may have signed us in or out there. */
  #followed(dialog: Dialog, address: string, isSigningIn: boolean): Dialog {
    const lookAgain = <Step extends DialogStep>(step: Step): Step => {
      if (step.state === 'done') void this.#link.gateways.lookAgain(serviceAddress(address), isSigningIn);
      return step;
    };
    return {
      first: lookAgain(dialog.first),
      answer: async (action, values, signal) => lookAgain(await dialog.answer(action, values, signal)),
      close: () => dialog.close(),
    };
  }
}

const signsIn = (request: DialogRequest): boolean => request.kind === 'register' || (request.kind === 'command' && isEnterCommand(request));
