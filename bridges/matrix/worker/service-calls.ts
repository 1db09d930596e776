/** The calls about bridges: what the session may ask, and who answers. */
import type { DialogAction, DialogRequest, DialogStep, FormValues } from '#bridge';
import type { ServiceDetail } from '#model';
import { createServiceDesk, type ServiceDesk } from '../bridged/provisioning/service-desk.ts';
import { inspectBridge, listBridges } from '../bridged/provisioning/service-list.ts';
import type { AccountContext } from './account-context.ts';
import type { OpenedDialog } from './dialog-desk.ts';

export interface ServiceCalls {
  listServices(): Promise<readonly ServiceDetail[]>;
  inspectService(address: string): Promise<ServiceDetail>;
  openService(request: DialogRequest): Promise<OpenedDialog>;
  answerService(id: number, action: DialogAction, values: FormValues): Promise<DialogStep>;
  waitService(id: number): Promise<DialogStep>;
  closeService(id: number): Promise<void>;
}

/** One of each account: dialogs outlive the call that opened them. */
const desks = new WeakMap<AccountContext, ServiceDesk>();

const deskOf = (context: AccountContext): ServiceDesk => {
  const desk = desks.get(context) ?? createServiceDesk();
  desks.set(context, desk);
  return desk;
};

export const serviceCalls = (context: AccountContext, signal: AbortSignal): ServiceCalls => ({
  listServices: () => listBridges(context, signal),
  inspectService: (address) => inspectBridge(context, address, signal),
  openService: (request) => deskOf(context).open(context, request, signal),
  answerService: (id, action, values) => deskOf(context).answer(id, action, values),
  waitService: (id) => deskOf(context).wait(id),
  closeService: (id) => deskOf(context).close(id),
});
