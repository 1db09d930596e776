import { tmpdir } from 'node:os';
import { BridgeError, type DialogAction, type DialogStep, type FormValues, type LoginValues, type SignUpDialog } from '#bridge';
import { streamOptions, type Credentials, type XmppEnvironment } from './account-settings.ts';
import { readRegistration, registrationQuery, submitQuery, type RegistrationOffer } from './extensions/0077-in-band-registration.ts';
import { BitsCache } from './extensions/0231-bits-of-binary.ts';
import { HttpFiles } from './http-files.ts';
import { passwordFlow, readLoginSettings } from './login.ts';
import { ns } from './namespaces.ts';
import { patientDeadlineMs } from './services/ask.ts';
import { again, over } from './services/dialog-steps.ts';
import { findFormMedia } from './services/form-media.ts';
import { refusedForm } from './services/refused-form.ts';
import type { ServiceContext } from './services/service-context.ts';
import { SignUpStream } from './sign-up-stream.ts';
import { StanzaError } from './stream/stanza-error.ts';
import { passingMemory } from './stream/sign-in-memory.ts';

/** Says what an address looks like; nobody is signed in on this stream, and it is never sent unencrypted. */
const placeholder = 'new-account';

/** Makes a new account on a server (XEP-0077), with a picture to read where it asks for one (XEP-0158). */
class SignUp implements SignUpDialog {
  readonly #stream: SignUpStream;
  readonly #context: ServiceContext;
  readonly #values: LoginValues;
  #offer: RegistrationOffer | null = null;
  #login: LoginValues | null = null;
  first: DialogStep = { state: 'open', form: null, notes: [], actions: [] };

  constructor(stream: SignUpStream, context: ServiceContext, values: LoginValues) {
    this.#stream = stream;
    this.#context = context;
    this.#values = values;
  }

  async begin(signal: AbortSignal): Promise<this> {
    await this.#stream.open(signal);
    const offer = await this.#load(signal);
    this.first =
      offer.form === null
        ? over('open-link', { link: offer.link })
        : { state: 'open', form: offer.form, notes: [], actions: ['complete'], ...(offer.link === null ? {} : { link: offer.link }) };
    return this;
  }

  async answer(action: DialogAction, values: FormValues, signal: AbortSignal): Promise<DialogStep> {
    if (action === 'cancel') return { state: 'done', form: null, notes: [], actions: [] };
    try {
      return await this.#submit(values);
    } catch (error) {
      if (error instanceof StanzaError) return await this.#explain(error, signal);
      // The server does not wait for ever: so once more, with the form it has now.
      await this.#stream.open(signal);
      const offer = await this.#load(signal);
      if (isForOnce(offer)) return again(offer.form, 'new-picture');
      return await this.#submit(values).catch(async (second: unknown) => {
        if (second instanceof StanzaError) return await this.#explain(second, signal);
        throw second;
      });
    }
  }

  result(): { readonly flowId: string; readonly values: LoginValues } | null {
    return this.#login === null ? null : { flowId: passwordFlow.id, values: this.#login };
  }

  close(): Promise<void> {
    this.#stream.close();
    return Promise.resolve();
  }

  async #load(signal: AbortSignal): Promise<RegistrationOffer> {
    const answer = await this.#stream.request({ type: 'get', payload: registrationQuery() });
    const form = answer.child('query', ns.register)?.child('x', ns.dataForms);
    const findMedia = form === undefined ? undefined : await findFormMedia(answer, form, this.#stream.domain, this.#context, signal);
    const offer = readRegistration(answer, findMedia);
    if (offer === null) throw new BridgeError('server-incompatible', { server: this.#stream.domain });
    this.#offer = offer;
    return offer;
  }

  async #submit(values: FormValues): Promise<DialogStep> {
    const offer = this.#offer;
    if (offer?.form == null) throw new BridgeError('unsupported');
    const payload = submitQuery(ns.register, offer.form, offer.dataForm !== undefined, values);
    await this.#stream.request({ type: 'set', payload, deadlineMs: patientDeadlineMs });
    this.#login = this.#loginOf(values);
    this.#stream.close();
    return over(this.#login === null ? 'registered' : 'account-made');
  }

  /** Null: the server gave the account a name that we do not know. */
  #loginOf(values: FormValues): LoginValues | null {
    const username = values['username']?.[0]?.trim().replace(/@.*$/s, '') ?? '';
    const password = values['password']?.[0] ?? '';
    return username === '' || password === '' ? null : { ...this.#values, address: `${username}@${this.#stream.domain}`, password };
  }

  /** What was wrong, over a form that can be sent again: a picture is good for one try. */
  async #explain(error: StanzaError, signal: AbortSignal): Promise<DialogStep> {
    const offer = await this.#load(signal).catch(async () => {
      await this.#stream.open(signal);
      return await this.#load(signal);
    });
    return refusedForm(offer.form, error);
  }
}

/** A picture to read, or a challenge among the hidden fields. */
const isForOnce = ({ form }: RegistrationOffer): boolean =>
  form?.fields.some(({ kind, name, media = [] }) => media.length > 0 || (kind === 'hidden' && name !== 'FORM_TYPE')) ?? false;

/**
 * Connects to a server, encrypted, and asks it for its form.
 * @throws BridgeError `unsupported` when it takes no registrations, `wrong-address` when there is none
 */
export async function signUp(server: string, values: LoginValues, signal: AbortSignal, environment: XmppEnvironment): Promise<SignUpDialog> {
  const domain = server.trim().replace(/^xmpp:/i, '').replace(/^.*@/s, '');
  const { proxyPassword = '' } = values;
  const credentials: Credentials = {
    memory: passingMemory(),
    findPassword: () => Promise.reject(new BridgeError('signed-out')),
    findProxyPassword: () => Promise.resolve(proxyPassword),
  };
  const options = streamOptions(`${placeholder}@${domain}`, credentials, readLoginSettings(values), environment);
  const stream = new SignUpStream(options);
  const isOurs = (name: string): boolean => name === options.domain || name.endsWith(`.${options.domain}`);
  const context: ServiceContext = {
    ownBareJid: options.domain,
    domain: options.domain,
    files: new HttpFiles({
      ca: environment.ca,
      isTrustedHost: isOurs,
      serverAddress: () => stream.serverAddress,
      findAgent: () => options.findAgent?.() ?? Promise.resolve(undefined),
    }),
    server: { isUploadHost: () => false, requestSlot: () => Promise.reject(new BridgeError('unsupported')) },
    bits: new BitsCache(),
    secrets: { get: () => Promise.resolve(null), set: () => Promise.resolve(), delete: () => Promise.resolve() },
    dataDir: tmpdir(),
    request: (iq) => stream.request(iq),
  };
  const abort = (): void => stream.close();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await new SignUp(stream, context, values).begin(signal);
  } catch (error) {
    stream.close();
    if (error instanceof StanzaError) throw new BridgeError('unsupported', { server: options.domain, detail: error.fault.detail });
    throw error;
  }
}
