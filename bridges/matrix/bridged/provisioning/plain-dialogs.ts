/** Short dialogs about a bridge: leaving it, finding somebody behind it, its address book, its bot. */
import { BridgeError, type Dialog, type DialogStep, type FormField } from '#bridge';
import { isRoomId } from '../../ids.ts';
import { pagedDialog, valueOf, type Page } from '../../crypto/tasks/steps.ts';
import type { ProvisioningClient } from './client.ts';
import { readContact, readContacts, type BridgeContact, type BridgeIdentity } from './shapes.ts';
import { note } from './step-form.ts';

const field = (name: string, label: string, more: Partial<FormField> = {}): FormField => ({ name, kind: 'text', label, isRequired: true, values: [], ...more });
const open = (fields: readonly FormField[], notes: DialogStep['notes'], action: 'next' | 'complete' = 'complete'): DialogStep => ({
  state: 'open',
  form: { title: null, instructions: [], fields },
  notes,
  actions: [action],
});
const done = (notes: DialogStep['notes'], more: Partial<DialogStep> = {}): Page => ({ step: { state: 'done', form: null, notes, actions: [], ...more } });

/** What the bridge refused, in its words, on the page that asked. */
const refused = (error: unknown): DialogStep['notes'] => {
  const fault = error instanceof BridgeError ? error.fault : null;
  return fault?.code === 'not-found' ? [note('error', 'nothing-found')] : [note('error', 'refused', fault?.detail ?? String(error))];
};

export const openSignOut = (client: ProvisioningClient, identity: BridgeIdentity): Dialog => {
  const closing = new AbortController();
  const options = identity.logins.map(({ id, name }) => ({ value: id, label: name }));
  const first = open(
    [field('login', 'login-name', { kind: 'choice', options, values: options.slice(0, 1).map(({ value }) => value) })],
    [note('warning', 'bridge-sign-out-question')],
  );
  return pagedDialog(
    {
      step: first,
      async answer(values) {
        await client.post(['logout', valueOf(values, 'login')], {}, closing.signal);
        return done([note('info', 'bridge-signed-out')]);
      },
    },
    async () => closing.abort(),
  );
};

/** "Which number on that network?": ends with the conversation. */
export const openFindPerson = (client: ProvisioningClient, onRoom: (roomId: string) => Promise<void>): Dialog => {
  const closing = new AbortController();
  const ask = (notes: DialogStep['notes'] = []): Page => ({
    step: open([field('identifier', 'number-or-name')], notes),
    answer: async (values) => {
      try {
        return await chat(client, valueOf(values, 'identifier'), onRoom, closing.signal);
      } catch (error) {
        return ask(refused(error));
      }
    },
  });
  return pagedDialog(ask(), async () => closing.abort());
};

const chat = async (client: ProvisioningClient, identifier: string, onRoom: (roomId: string) => Promise<void>, signal: AbortSignal): Promise<Page> => {
  const made = readContact(await client.post(['create_dm', identifier], { timeoutMs: 60_000 }, signal));
  if (made === null || !isRoomId(made.roomId)) throw new BridgeError('not-found');
  await onRoom(made.roomId);
  return done([note('info', 'bridge-chat-ready', made.name)], { address: made.roomId });
};

const matches = (contact: BridgeContact, words: string): boolean =>
  [contact.name, contact.id, ...contact.handles].some((text) => text.toLowerCase().includes(words.toLowerCase()));

const mostShown = 100;

/** The bridge's address book; where the network can be searched, what it finds. */
export const openSearch = (client: ProvisioningClient, onRoom: (roomId: string) => Promise<void>): Dialog => {
  const closing = new AbortController();
  const find = async (words: string): Promise<readonly BridgeContact[]> => {
    const searched = words === '' ? null : await client.post(['search_users'], { body: { query: words } }, closing.signal).catch(() => null);
    const found = searched === null ? [] : readContacts(searched);
    if (found.length > 0) return found;
    return readContacts(await client.get(['contacts'], closing.signal)).filter((contact) => matches(contact, words));
  };
  const ask = (notes: DialogStep['notes'] = []): Page => ({
    step: open([field('words', 'search-words', { isRequired: false })], notes, 'next'),
    answer: async (values) => {
      try {
        const found = (await find(valueOf(values, 'words'))).slice(0, mostShown);
        return found.length === 0 ? ask([note('info', 'nothing-found')]) : pick(found);
      } catch (error) {
        return ask(refused(error));
      }
    },
  });
  const pick = (found: readonly BridgeContact[], notes: DialogStep['notes'] = []): Page => ({
    step: open(
      [field('person', 'person', { kind: 'choice', options: found.map(({ id, name, handles }) => ({ value: id, label: [name, ...handles].join(' · ') })) })],
      notes,
    ),
    answer: async (values) => {
      try {
        return await chat(client, valueOf(values, 'person'), onRoom, closing.signal);
      } catch (error) {
        return pick(found, refused(error));
      }
    },
  });
  return pagedDialog(ask(), async () => closing.abort());
};
