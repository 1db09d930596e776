import { z } from 'zod';
import type { PeopleMethods } from './people.ts';
import { empty, rowId } from './fields.ts';
import type { SchemasOf } from './schemas-of.ts';

const address = z.string().min(1).max(3_071);
const name = z.string().max(200);
const line = z.string().max(1_000).nullable();
const lines = z.array(z.string().max(1_000)).max(20);
const profile = () => z.strictObject({
  fullName: line,
  nickname: line,
  organization: line,
  role: line,
  emails: lines,
  phones: lines,
  urls: lines,
  address: line,
  birthday: line,
  note: z.string().max(4_000).nullable(),
});
/** 64 KiB of picture. */
const longestBase64 = 90_000;
const image = () => z.strictObject({
  mime: z.enum(['image/png', 'image/jpeg']),
  base64: z.string().min(1).max(longestBase64).regex(/^[A-Za-z0-9+/]+={0,2}$/),
  widthPx: z.number().int().min(1).max(512),
  heightPx: z.number().int().min(1).max(512),
});
const ofAccount = () => z.strictObject({ accountId: rowId });
const ofAddress = () => z.strictObject({ addressId: rowId });

export const peopleSchemas: SchemasOf<PeopleMethods> = {
  'people.contacts': () => empty,
  'people.saveContact': () => z.strictObject({
    accountId: rowId,
    address,
    name: name.nullable(),
    groups: z.array(name.min(1)).max(20),
    asksPresence: z.boolean(),
  }),
  'people.removeContact': ofAddress,
  'people.setSeesUs': () => z.strictObject({ addressId: rowId, seesUs: z.boolean() }),
  'people.card': ofAddress,
  'people.ownProfile': ofAccount,
  'people.setOwnProfile': () => z.strictObject({ accountId: rowId, profile: profile(), visibility: z.enum(['everybody', 'contacts']) }),
  'people.setOwnAvatar': () => z.strictObject({ accountId: rowId, image: image().nullable() }),
  'people.blocked': ofAccount,
  'people.block': () => z.strictObject({
    accountId: rowId,
    address,
    report: z.strictObject({ reason: z.enum(['spam', 'abuse']), text: z.string().max(1_000) }).nullable(),
  }),
  'people.unblock': () => z.strictObject({ accountId: rowId, address }),
  'people.requests': () => empty,
  'people.setIdle': () => z.strictObject({ sinceMs: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullable() }),
};
