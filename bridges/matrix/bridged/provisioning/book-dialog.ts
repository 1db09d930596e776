/** Telling Palomar about a bridge that tells nothing of itself: what its people are called, and which network that is. */
import { BridgeError, type Dialog } from '#bridge';
import { asArray, asRecord, entriesOf, type JsonRecord } from '../../event-shape.ts';
import { pagedDialog, valueOf, type Page } from '../../crypto/tasks/steps.ts';
import type { AccountContext } from '../../worker/account-context.ts';
import { bridgeBookType, readBridgeBook } from '../bridge-book.ts';
import { readGhost } from '../networks.ts';
import { serverOfUser } from '../../ids.ts';
import { note } from './step-form.ts';

type Context = Pick<AccountContext, 'api' | 'selfId' | 'store'>;

interface Family {
  readonly prefix: string;
  readonly bot: string;
  readonly network: string;
  readonly is_ours?: true;
}

/** Adds an entry at the server; the sync brings it back, and rooms show their network. */
export const addFamily = async (context: Context, family: Family): Promise<void> => {
  const path = ['user', context.selfId, 'account_data', bridgeBookType];
  const content: JsonRecord = await context.api.get(path).catch((error: unknown) => {
    if (error instanceof BridgeError && error.fault.code === 'not-found') return {};
    throw error;
  });
  const kept = asArray(content['families']).filter((one) => asRecord(one)['prefix'] !== family.prefix);
  await context.api.put(path, { body: { ...Object.fromEntries(entriesOf(content)), families: [family, ...kept] } });
};

/**
 * A bridge that we sign in to names its bot: its people are called as the bot is, by the habit of all bridges of its
 * kind. From now on its rooms are entered without asking: asking for them is what signing in is.
 */
export const learnFamily = async (context: Context, bot: string | null, network: string | null): Promise<void> => {
  const ownServer = serverOfUser(context.selfId) ?? '';
  const local = bot === null || serverOfUser(bot) !== ownServer ? null : bot.slice(1, bot.indexOf(':'));
  const stem = local?.endsWith('bot') === true ? local.slice(0, -3).replace(/_$/u, '') : '';
  if (bot === null || local === null || network === null || stem.length < 2) return;
  const { families } = readBridgeBook(context.store.accountData.content(bridgeBookType));
  if (readGhost(bot, ownServer, families)?.isOurs === true) return;
  await addFamily(context, { prefix: `${stem}_`, bot: local, network, is_ours: true });
};

export const openBook = (context: Context): Dialog => {
  const ask = (isWrong = false): Page => ({
    step: {
      state: 'open',
      form: {
        title: null,
        instructions: [],
        fields: [
          { name: 'prefix', kind: 'text', label: 'ghost-prefix', hint: '@signal_', isRequired: true, values: [] },
          { name: 'network', kind: 'text', label: 'ghost-network', hint: 'signal', isRequired: true, values: [] },
          { name: 'bot', kind: 'text', label: 'ghost-bot', hint: '@signalbot', isRequired: false, values: [] },
        ],
      },
      notes: [note('info', 'bridge-book-intro'), ...(isWrong ? [note('error', 'not-accepted')] : [])],
      actions: ['complete'],
    },
    answer: async (values) => {
      const local = (name: string): string => valueOf(values, name).replace(/^@/u, '').replace(/[:*].*$/u, '').toLowerCase();
      const family = { prefix: local('prefix'), bot: local('bot'), network: valueOf(values, 'network').toLowerCase() };
      if (readBridgeBook({ families: [family] }).families.length === 0) return ask(true);
      await addFamily(context, family);
      return { step: { state: 'done', form: null, notes: [note('info', 'saved')], actions: [] } };
    },
  });
  return pagedDialog(ask());
};
