import { BridgeError, type Dialog, type DialogAction, type DialogStep, type Form, type FormValues } from '#bridge';
import { cancelForm, readDataForm, submitForm } from '../extensions/0004-data-forms.ts';
import { continueCommand, executeCommand, readCommand, type CommandStage } from '../extensions/0050-ad-hoc-commands.ts';
import type { XmlElement } from '../stream/xml/element.ts';
import { ask, patientDeadlineMs, serviceAddress } from './ask.ts';
import { findFormMedia } from './form-media.ts';
import type { DialogOpener, ServiceContext } from './service-context.ts';

/** A command of a service, a gateway or a bot, stage by stage (XEP-0050). */
class CommandDialog implements Dialog {
  readonly #context: ServiceContext;
  readonly #address: string;
  readonly #node: string;
  #sessionId: string | null = null;
  #isOpen = true;
  #form: Form | null = null;
  first: DialogStep = { state: 'open', form: null, notes: [], actions: [] };

  constructor(context: ServiceContext, address: string, node: string) {
    this.#context = context;
    this.#address = address;
    this.#node = node;
  }

  async begin(signal: AbortSignal): Promise<this> {
    this.first = await this.#send(executeCommand(this.#node), signal);
    return this;
  }

  async answer(action: DialogAction, values: FormValues, signal: AbortSignal): Promise<DialogStep> {
    if (!this.#isOpen) throw new BridgeError('rejected', { detail: 'the command is over' });
    const form = action === 'cancel' ? cancelForm() : this.#filled(action, values);
    return await this.#send(continueCommand(this.#node, this.#sessionId, action, form), signal);
  }

  /** The other side keeps a session; it is told that nobody goes on with it. */
  close(): Promise<void> {
    if (!this.#isOpen) return Promise.resolve();
    this.#isOpen = false;
    const payload = continueCommand(this.#node, this.#sessionId, 'cancel');
    this.#context.request({ type: 'set', to: this.#address, payload }).catch(() => undefined);
    return Promise.resolve();
  }

  /** Going back sends nothing along: half a form would be refused. */
  #filled(action: DialogAction, values: FormValues): XmlElement | undefined {
    return this.#form === null || action === 'previous' ? undefined : submitForm(this.#form, values);
  }

  async #send(payload: XmlElement, signal: AbortSignal): Promise<DialogStep> {
    const iq = { type: 'set', to: this.#address, payload, deadlineMs: patientDeadlineMs } as const;
    const answer = await ask(this.#context.request, iq, signal);
    const stage = readCommand(answer);
    if (stage === null) throw new BridgeError('server-incompatible', { server: this.#address });
    // A node may be changed by the first answer only in what it adds to it; the session is what counts.
    this.#sessionId = stage.sessionId ?? this.#sessionId;
    this.#isOpen = stage.status === 'executing';
    this.#form = stage.form === undefined ? null : await this.#read(answer, stage.form, signal);
    return this.#step(stage);
  }

  async #read(answer: XmlElement, form: XmlElement, signal: AbortSignal): Promise<Form> {
    return readDataForm(form, await findFormMedia(answer, form, this.#address, this.#context, signal));
  }

  #step({ status, notes, actions }: CommandStage): DialogStep {
    if (status === 'executing') return { state: 'open', form: this.#form, notes, actions };
    const form = this.#form === null ? null : { ...this.#form, isResult: true };
    return { state: 'done', form, notes, actions: [] };
  }
}

export const openCommand: DialogOpener<{ readonly address: string; readonly node: string }> = ({ address, node }, context, signal) =>
  new CommandDialog(context, serviceAddress(address), node).begin(signal);
