/** Bridges that our own server names, and those a person typed. @see `.well-known/matrix/mautrix` */
import { asArray, asRecord, asString } from '../../event-shape.ts';
import { requestJson } from '../../http.ts';
import { serverOfUser } from '../../ids.ts';
import type { AccountContext } from '../../worker/account-context.ts';
import { readBridgeUrl } from './client.ts';

const mostBridges = 20;
const typedSetting = 'bridge_urls';

const usable = (url: unknown): string[] => {
  try {
    return typeof url === 'string' ? [readBridgeUrl(url)] : [];
  } catch {
    return [];
  }
};

const askWellKnown = async (origin: string, signal: AbortSignal): Promise<readonly string[]> => {
  const answer = await requestJson(new URL('/.well-known/matrix/mautrix', origin), { signal, redirect: 'follow', timeoutMs: 8_000 });
  if (answer.status !== 200) return [];
  return asArray(asRecord(answer.body)['fi.mau.bridges']).slice(0, mostBridges).flatMap(usable);
};

const heldMs = 60_000;
const held = new WeakMap<object, { readonly urls: readonly string[]; readonly askedMs: number }>();

/** Named by the server of our address, or by the one we are connected to. None where nobody answers. Asked once a minute unless told. */
export const findNamedBridges = async (
  context: Pick<AccountContext, 'baseUrl' | 'selfId'>,
  signal: AbortSignal,
  oldestMs = heldMs,
): Promise<readonly string[]> => {
  const known = held.get(context);
  if (known !== undefined && Date.now() - known.askedMs < oldestMs) return known.urls;
  const urls = await askServers(context, signal);
  held.set(context, { urls, askedMs: Date.now() });
  return urls;
};

const askServers = async ({ baseUrl, selfId }: Pick<AccountContext, 'baseUrl' | 'selfId'>, signal: AbortSignal): Promise<readonly string[]> => {
  const domain = `https://${serverOfUser(selfId) ?? ''}`;
  const origins = [...new Set([new URL(baseUrl).origin, ...(URL.canParse(domain) ? [new URL(domain).origin] : [])])];
  const found = await Promise.all(origins.map((origin) => askWellKnown(origin, signal).catch(() => [])));
  return [...new Set(found.flat())].slice(0, mostBridges);
};

export const typedBridges = ({ store }: Pick<AccountContext, 'store'>): readonly string[] =>
  asArray(JSON.parse(store.settings.get(typedSetting) ?? '[]')).flatMap((url) => asString(url) ?? []);

/** Kept in the list from now on: something answered there as a bridge does. */
export const keepTyped = (context: Pick<AccountContext, 'store'>, url: string): void => {
  const urls = [...new Set([url, ...typedBridges(context)])].slice(0, mostBridges);
  context.store.settings.set(typedSetting, JSON.stringify(urls));
};
