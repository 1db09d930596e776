/** The engine's end of what lies in `bridged/provisioning/`: bridges to other networks, and dialogs with them. */
import { BridgeError, type Dialog, type ServiceAbility } from '#bridge';
import type { CommandInfo } from '#model';
import { commandsOf } from './bridged/provisioning/service-list.ts';
import { isUserId } from './ids.ts';
import { fetchAuthMetadata } from './oauth.ts';
import type { WorkerLink } from './worker-link.ts';

/** Looking after account and devices on the page of a server that signs in by OAuth. */
const accountPageCommand = 'account-page';

const accountCommands = (address: string, hasOAuth: boolean): readonly CommandInfo[] =>
  hasOAuth && !isUserId(address) ? [{ address, node: accountPageCommand, name: accountPageCommand }] : [];

/** @see https://spec.matrix.org/v1.16/client-server-api/#oauth-20-account-management-url */
const openAccountPage = async (baseUrl: string, signal: AbortSignal): Promise<Dialog> => {
  const page = (await fetchAuthMetadata(baseUrl, signal))?.accountPage ?? null;
  if (page === null) throw new BridgeError('unsupported', { server: new URL(baseUrl).host });
  const first = { state: 'done', form: null, notes: [{ kind: 'info', text: '', code: 'account-page' }], actions: [], link: page } as const;
  return { first, answer: async () => first, close: async () => undefined };
};

export const openServices = (link: WorkerLink, baseUrl: string, hasOAuth: boolean): ServiceAbility => ({
  list: (signal) => link.call('listServices', [], signal),
  inspect: (address, _node, signal) => link.call('inspectService', [address], signal),
  commands: async (address) => [...accountCommands(address, hasOAuth), ...commandsOf(address)],
  async open(request, signal): Promise<Dialog> {
    if (request.kind === 'command' && request.node === accountPageCommand && hasOAuth) return await openAccountPage(baseUrl, signal);
    const { id, first } = await link.call('openService', [request], signal);
    return {
      first,
      answer: (action, values, ofAnswer) => link.call('answerService', [id, action, values], ofAnswer),
      wait: (ofWait) => link.call('waitService', [id], ofWait),
      close: () => link.call('closeService', [id]).catch(() => undefined),
    };
  },
});
