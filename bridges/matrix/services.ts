/** The engine's end of what lies in `bridged/provisioning/`: bridges to other networks, and dialogs with them. */
import type { Dialog, ServiceAbility } from '#bridge';
import { commandsOf } from './bridged/provisioning/service-list.ts';
import type { WorkerLink } from './worker-link.ts';

export const openServices = (link: WorkerLink): ServiceAbility => ({
  list: (signal) => link.call('listServices', [], signal),
  inspect: (address, _node, signal) => link.call('inspectService', [address], signal),
  commands: async (address) => commandsOf(address),
  async open(request, signal): Promise<Dialog> {
    const { id, first } = await link.call('openService', [request], signal);
    return {
      first,
      answer: (action, values, ofAnswer) => link.call('answerService', [id, action, values], ofAnswer),
      wait: (ofWait) => link.call('waitService', [id], ofWait),
      close: () => link.call('closeService', [id]).catch(() => undefined),
    };
  },
});
