/** Checks that several domains share. Sizes are bounded here so that no handler has to think about a megabyte of text. */
import { z } from 'zod';

export const rowId = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
export const limit = z.number().int().min(1).max(500);
export const empty = z.strictObject({});
export const shortText = z.string().max(2_000);
export const messageText = z.string().max(262_144);
/** Field names come from our own manifests; values from a person. */
export const formValues = z
  .record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,39}$/), z.string().max(8_192))
  .refine((values) => Object.keys(values).length <= 40);
export const anchor = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('newest') }),
  z.strictObject({ kind: z.literal('before'), id: rowId }),
  z.strictObject({ kind: z.literal('after'), id: rowId }),
  z.strictObject({ kind: z.literal('around'), id: rowId }),
]);
export const slug = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
export const passphrase = z.string().min(1).max(1_024);
export const emoji = z.string().min(1).max(64);
export const stagedId = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);
export const onlyId = z.strictObject({ id: rowId });
