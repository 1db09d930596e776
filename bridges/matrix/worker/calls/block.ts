/** People whose words and invitations the server keeps from us (`m.ignored_user_list`). */
import { BridgeError, type ReportReason } from '#bridge';
import { asRecord, entriesOf } from '../../event-shape.ts';
import { isUserId } from '../../ids.ts';
import type { AccountContext } from '../account-context.ts';

const person = (address: string): string => {
  const trimmed: unknown = address.trim();
  // Whole servers cannot be ignored here.
  if (!isUserId(trimmed)) throw new BridgeError('wrong-address', { detail: address.slice(0, 255) });
  return trimmed;
};

const change = async (context: AccountContext, userId: string, isIgnored: boolean): Promise<void> => {
  const path = ['user', context.selfId, 'account_data', 'm.ignored_user_list'];
  // As it is at the server now: another device may just have changed it.
  const content = await context.api.get(path).catch((error: unknown) => {
    if (error instanceof BridgeError && error.fault.code === 'not-found') return {};
    throw error;
  });
  const others = entriesOf(asRecord(content)['ignored_users']).filter(([id]) => id !== userId);
  const ignored = Object.fromEntries([...others, ...(isIgnored ? [[userId, {}] as const] : [])]);
  await context.api.put(path, { body: { ...content, ignored_users: ignored } });
};

/** The report goes to our own server's administrators, where it takes any (protocol 1.14). */
export const block = async (
  context: AccountContext,
  address: string,
  report: { readonly reason: ReportReason; readonly text: string } | null,
): Promise<void> => {
  const userId = person(address);
  if (userId === context.selfId) throw new BridgeError('wrong-address', { detail: 'that is you' });
  await change(context, userId, true);
  if (report === null) return;
  const reason = `${report.reason}${report.text === '' ? '' : `: ${report.text}`}`;
  await context.api.post(['users', userId, 'report'], { body: { reason } }).catch(() => undefined);
};

export const unblock = (context: AccountContext, address: string): Promise<void> => change(context, person(address), false);
