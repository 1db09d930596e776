import { BridgeError, type Dialog, type DialogStep, type FormField, type ServiceAbility, type ServiceDetail, type SignUpDialog } from '#bridge';

const field = (name: string, more: Partial<FormField> = {}): FormField => ({ name, kind: 'text', label: name, isRequired: false, values: [''], ...more });

export const openStep: DialogStep = {
  state: 'open',
  form: { title: 'Settings', instructions: ['Fill it in'], fields: [field('nick', { isRequired: true }), field('colour', { kind: 'choice', options: [{ label: 'Red', value: 'r' }] })] },
  notes: [],
  actions: ['next', 'previous'],
};

export const doneStep: DialogStep = { state: 'done', form: null, notes: [{ kind: 'info', text: 'Done' }], actions: [] };

/** A dialog of one page that remembers what it was asked; `answer` may be replaced. */
export interface FakeDialog extends Dialog {
  readonly calls: { readonly name: string; readonly args: readonly unknown[] }[];
}

export const createFakeDialog = (parts: { first?: DialogStep; answer?: Dialog['answer']; wait?: NonNullable<Dialog['wait']> } = {}): FakeDialog => {
  const calls: FakeDialog['calls'] = [];
  return {
    calls,
    first: parts.first ?? openStep,
    answer: async (action, values, signal) => {
      calls.push({ name: 'answer', args: [action, values] });
      return parts.answer === undefined ? doneStep : await parts.answer(action, values, signal);
    },
    wait: async (signal) => {
      calls.push({ name: 'wait', args: [] });
      return parts.wait === undefined ? doneStep : await parts.wait(signal);
    },
    close: async () => void calls.push({ name: 'close', args: [] }),
  };
};

export const createFakeSignUp = (): FakeDialog & SignUpDialog => ({
  ...createFakeDialog(),
  result: () => ({ flowId: 'password', values: { address: 'new@fake', password: 'x' } }),
});

export const fakeService: ServiceDetail = {
  address: 'gateway.fake',
  node: null,
  name: 'Gateway',
  kind: 'gateway',
  can: ['commands', 'register'],
  identities: ['gateway/irc'],
  features: ['jabber:iq:register'],
  items: [],
};

/** One gateway, with one command. */
export const createFakeServices = (open: ServiceAbility['open'] = async () => createFakeDialog()): ServiceAbility => ({
  list: async () => [fakeService],
  inspect: async (address) => {
    if (address !== fakeService.address) throw new BridgeError('not-found');
    return fakeService;
  },
  commands: async (address) => [{ address, node: 'configure', name: 'Configure' }],
  setLetsPeopleIn: async () => undefined,
  open,
});
