/** What people show of themselves: a name and a picture. @see https://spec.matrix.org/v1.16/client-server-api/#profiles */
import { BridgeError, emptyProfile, type RemoteProfile } from '#bridge';
import { asName, type JsonRecord } from '../../event-shape.ts';
import { isUserId } from '../../ids.ts';
import { avatarOf } from '../../receive/avatar.ts';
import type { AccountContext } from '../account-context.ts';
import { uploadBytes } from '../media.ts';

const read = (profile: JsonRecord): RemoteProfile => {
  const avatar = avatarOf(profile['avatar_url']);
  return { ...emptyProfile, fullName: asName(profile['displayname']), ...(avatar === null ? {} : { avatar }) };
};

/** Null: they show nobody, or there is no such person. */
export const loadProfile = async (context: AccountContext, userId: string, signal: AbortSignal): Promise<RemoteProfile | null> => {
  if (!isUserId(userId)) return null;
  const profile = await context.api.get(['profile', userId], { signal }).catch((error: unknown) => {
    if (error instanceof BridgeError && ['forbidden', 'not-found'].includes(error.fault.code)) return null;
    throw error;
  });
  return profile === null ? null : read(profile);
};

export const ownProfile = async (context: AccountContext, signal: AbortSignal): Promise<RemoteProfile> =>
  (await loadProfile(context, context.selfId, signal)) ?? emptyProfile;

/** An empty name takes it away: others then see the address. */
export const setOwnProfile = async (context: AccountContext, { fullName }: RemoteProfile): Promise<void> => {
  const displayname = fullName?.trim() ?? '';
  await context.api.put(['profile', context.selfId, 'displayname'], { body: { displayname } });
};

export const setOwnAvatar = async (
  context: AccountContext,
  image: { readonly mime: string; readonly bytes: Uint8Array } | null,
  signal: AbortSignal,
): Promise<void> => {
  const url = image === null ? '' : await uploadBytes(context.api, image, signal);
  await context.api.put(['profile', context.selfId, 'avatar_url'], { body: { avatar_url: url } });
};
