/** A plain `type/subtype`, as RFC 6838 names it; anything else is not repeated to a browser. */
const plainMime = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}$/;

/** A claimed media type in its plain form; `application/octet-stream` when it is none. */
export const plainMimeType = (claimed: string): string => {
  const type = (claimed.split(';')[0] ?? '').trim().toLowerCase();
  return plainMime.test(type) ? type : 'application/octet-stream';
};
