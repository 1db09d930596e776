/** The calls about people: what the session may ask, and who answers. */
import type { RemoteProfile, ReportReason } from '#bridge';
import type { AccountContext } from './account-context.ts';
import { block, unblock } from './calls/block.ts';
import { loadProfile, ownProfile, setOwnAvatar, setOwnProfile } from './calls/profiles.ts';
import { downloadThumbnail } from './media.ts';

export interface PeopleCalls {
  downloadAvatar(mxc: string, path: string, maxBytes: number): Promise<void>;
  block(address: string, report: { readonly reason: ReportReason; readonly text: string } | null): Promise<void>;
  unblock(address: string): Promise<void>;
  loadProfile(userId: string): Promise<RemoteProfile | null>;
  ownProfile(): Promise<RemoteProfile>;
  setOwnProfile(profile: RemoteProfile): Promise<void>;
  setOwnAvatar(image: { readonly mime: string; readonly bytes: Uint8Array } | null): Promise<void>;
}

export const peopleCalls = (context: AccountContext, signal: AbortSignal): PeopleCalls => ({
  downloadAvatar: (mxc, path, maxBytes) => downloadThumbnail(context.api, context.baseUrl, mxc, path, maxBytes, signal),
  block: (address, report) => block(context, address, report),
  unblock: (address) => unblock(context, address),
  loadProfile: (userId) => loadProfile(context, userId, signal),
  ownProfile: () => ownProfile(context, signal),
  setOwnProfile: (profile) => setOwnProfile(context, profile),
  setOwnAvatar: (image) => setOwnAvatar(context, image, signal),
});
