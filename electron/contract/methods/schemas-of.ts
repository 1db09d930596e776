import type { z } from 'zod';

/** One check a method, made when it is first asked for: a start needs a dozen of two hundred, and making them all takes a tenth of it. */
export type SchemasOf<Methods> = { readonly [Method in keyof Methods]: () => z.ZodType };
