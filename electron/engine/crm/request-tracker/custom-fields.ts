/** Custom fields an administrator adds once; names are part of the set-up in the README. */
export const customFields = {
  /** On tickets: our key of the conversation. */
  pushRef: 'Push ref',
  /** On tickets: the customer's number, to find open tickets of the same caller. */
  phone: 'Phone',
  /** On ticket transactions: which messages a comment holds. */
  chunkRef: 'Chunk ref',
} as const;

export const neededFields: readonly { readonly name: string; readonly place: 'ticket' | 'transaction' }[] = [
  { name: customFields.pushRef, place: 'ticket' },
  { name: customFields.phone, place: 'ticket' },
  { name: customFields.chunkRef, place: 'transaction' },
];
