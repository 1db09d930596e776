import { BridgeError, emptyProfile, type BridgeSession } from '#bridge';
import type { AccountId } from '#model';
import type { AddressId, ContactRow, PersonCard, ProfileCard } from '#rpc';
import type { OwnPresence } from '../../people/own-presence.ts';
import type { Publisher } from '../../publisher.ts';
import type { WritableDb } from '../../store/database.ts';
import { accounts } from '../../store/repositories/accounts.ts';
import { addresses, type AddressRecord } from '../../store/repositories/addresses.ts';
import { blocked, contacts, type ContactRecord } from '../../store/repositories/contacts.ts';
import { conversations } from '../../store/repositories/conversations.ts';
import type { DomainHandlers } from '../handlers.ts';
import { notFound } from '../rpc-failure.ts';

export interface PeopleHandlerDeps {
  readonly db: WritableDb;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  readonly publisher: Publisher;
  readonly ownPresence: OwnPresence;
  readonly now?: (() => number) | undefined;
}

type Shown = Pick<PersonCard, 'profile' | 'lastSeen'>;

const mostContacts = 10_000;
const cardTimeoutMs = 20_000;
/** What somebody shows of themselves is asked for again after this time. */
const cardAgeMs = 10 * 60_000;
const mostCards = 200;

/** @throws BridgeError `unsupported` when the network has no such thing */
const having = <Ability>(ability: Ability | undefined): Ability => {
  if (ability === undefined) throw new BridgeError('unsupported');
  return ability;
};

export const createPeopleHandlers = ({ db, sessionOf, publisher, ownPresence, now = Date.now }: PeopleHandlerDeps): DomainHandlers<'people'> => {
  const existing = (id: AddressId): AddressRecord => {
    const record = addresses.get(db, id);
    if (record === null) throw notFound('person');
    return record;
  };
  /** @throws BridgeError `offline` when the account does not run */
  const connected = (accountId: AccountId): BridgeSession => {
    if (accounts.get(db, accountId) === null) throw notFound('account');
    const session = sessionOf(accountId);
    if (session === null) throw new BridgeError('offline', { detail: 'the account is not connected' });
    return session;
  };
  const toRow = (record: ContactRecord): ContactRow => {
    const { presence, statusText, idleSinceMs } = publisher.presence.presenceOf({ id: record.addressId });
    return { ...record, presence, statusText, idleSinceMs: idleSinceMs ?? null };
  };
  /** What cannot be learnt is nothing: a card is shown with what there is. */
  const orNothing = async <Value>(asked: Promise<Value> | undefined): Promise<Value | null> => {
    try {
      return (await asked) ?? null;
    } catch {
      return null;
    }
  };
  const cards = new Map<AddressId, { readonly askedAtMs: number; readonly shown: Promise<Shown> }>();
  const ask = async (session: BridgeSession, { remoteId }: AddressRecord): Promise<Shown> => {
    const signal = AbortSignal.timeout(cardTimeoutMs);
    const [profile, lastSeen] = await Promise.all([
      orNothing(session.profiles?.load(remoteId, signal)),
      orNothing(session.profiles?.lastActivity?.(remoteId, signal)),
    ]);
    return { profile: profile === null ? null : plainProfile(profile), lastSeen };
  };
  /** Asked of the network once in a while, however often it is looked at. */
  const shownBy = (address: AddressRecord): Promise<Shown> | Shown => {
    const session = sessionOf(address.accountId);
    if (session === null) return { profile: null, lastSeen: null };
    const known = cards.get(address.id);
    if (known !== undefined && now() - known.askedAtMs < cardAgeMs) return known.shown;
    if (cards.size >= mostCards) cards.clear();
    const shown = ask(session, address);
    cards.set(address.id, { askedAtMs: now(), shown });
    return shown;
  };
  const blockChanged = (accountId: AccountId): void => publisher.contactsChanged(accountId);

  return {
    'people.contacts': () => contacts.list(db, mostContacts).map(toRow),

    'people.saveContact': async ({ accountId, address, name, groups, asksPresence }) => {
      await having(connected(accountId).contacts).save(address.trim(), { name: name?.trim() || null, groups }, asksPresence);
      return { isSaved: true };
    },
    'people.removeContact': async ({ addressId }) => {
      const { accountId, remoteId } = existing(addressId);
      await having(connected(accountId).contacts).remove(remoteId);
      return { isRemoved: true };
    },
    'people.setSeesUs': async ({ addressId, seesUs }) => {
      const { accountId, remoteId } = existing(addressId);
      await having(connected(accountId).contacts).setSeesUs(remoteId, seesUs);
      return { isSet: true };
    },

    'people.card': async ({ addressId }) => {
      const address = existing(addressId);
      const { accountId, handle } = address;
      const { profile, lastSeen } = await shownBy(address);
      const contact = contacts.get(db, addressId);
      return {
        addressId,
        accountId,
        handle,
        profile,
        lastSeen,
        contact: contact === null ? null : toRow(contact),
        canBeAdded: contact === null && !addresses.isHeardInRoom(db, address),
        asksUs: sessionOf(accountId)?.contacts?.asksUs?.(address.remoteId) ?? false,
        isBlocked: blocked.has(db, accountId, handle),
      };
    },

    'people.ownProfile': async ({ accountId }) => {
      const profiles = having(connected(accountId).profiles);
      const own = await profiles.own(AbortSignal.timeout(cardTimeoutMs));
      const fields = profiles.fields === undefined ? {} : { fields: profiles.fields };
      return { profile: plainProfile(own), avatarId: addresses.self(db, accountId)?.avatarId ?? null, ...fields };
    },
    'people.setOwnProfile': async ({ accountId, profile, visibility }) => {
      await having(connected(accountId).profiles).setOwn({ ...emptyProfile, ...profile }, visibility);
      return { isSaved: true };
    },
    'people.setOwnAvatar': async ({ accountId, image }) => {
      const profiles = having(connected(accountId).profiles);
      if (image === null) await profiles.setOwnAvatar(null);
      else {
        const { mime, base64, widthPx, heightPx } = image;
        await profiles.setOwnAvatar({ mime, bytes: Buffer.from(base64, 'base64'), widthPx, heightPx });
      }
      return { isSaved: true };
    },

    'people.blocked': ({ accountId }) => blocked.list(db, accountId),
    'people.block': async ({ accountId, address, report }) => {
      await having(connected(accountId).blocking).block(address.trim(), report);
      blockChanged(accountId);
      return { isBlocked: true };
    },
    'people.unblock': async ({ accountId, address }) => {
      await having(connected(accountId).blocking).unblock(address.trim());
      blockChanged(accountId);
      return { isBlocked: false };
    },

    'people.requests': () => ({ count: conversations.requestCount(db) }),
    'people.setIdle': ({ sinceMs }) => {
      ownPresence.setIdle(sinceMs);
      return { isSet: true };
    },
  };
};

/** Without the picture, which has a way of its own. */
const plainProfile = ({ avatar: _avatar, ...card }: ProfileCard & { readonly avatar?: unknown }): ProfileCard => card;
