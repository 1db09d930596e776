import type { PeopleMethods, RpcInput } from '#rpc';
import type { World } from './world.ts';

type Inputs = { readonly [Method in keyof PeopleMethods]: (world: World) => RpcInput<Method> };

const profile = {
  fullName: 'Marta Ferrer',
  nickname: 'marta',
  organization: 'Levante',
  role: null,
  emails: ['marta@levante.example'],
  phones: [],
  urls: [],
  address: null,
  birthday: null,
  note: null,
};

/** One good input of every method about people. */
export const peopleInputs: Inputs = {
  'people.contacts': () => ({}),
  'people.saveContact': ({ account }) => ({ accountId: account.id, address: 'friend@fake', name: 'Friend', groups: ['Sales'], asksPresence: true }),
  'people.removeContact': ({ memberId }) => ({ addressId: memberId }),
  'people.setSeesUs': ({ memberId }) => ({ addressId: memberId, seesUs: true }),
  'people.card': ({ memberId }) => ({ addressId: memberId }),
  'people.ownProfile': ({ account }) => ({ accountId: account.id }),
  'people.setOwnProfile': ({ account }) => ({ accountId: account.id, profile, visibility: 'contacts' }),
  'people.setOwnAvatar': ({ account }) => ({ accountId: account.id, image: { mime: 'image/png', base64: 'AAAA', widthPx: 1, heightPx: 1 } }),
  'people.blocked': ({ account }) => ({ accountId: account.id }),
  'people.block': ({ account }) => ({ accountId: account.id, address: 'spam@fake', report: { reason: 'spam', text: '' } }),
  'people.unblock': ({ account }) => ({ accountId: account.id, address: 'spam@fake' }),
  'people.requests': () => ({}),
  'people.setIdle': () => ({ sinceMs: 1_700_000_000_000 }),
};
