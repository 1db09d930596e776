export const redirectPath = '/crm/signed-in';
export const redirectPort = 47_813;

/**
 * Where the browser comes back to. Most products want to know it to the letter, so its port is always the same one,
 * and most of them take http for no other name than this (RFC 8252 would have any port of 127.0.0.1).
 */
export const redirectAddress = `http://localhost:${redirectPort}${redirectPath}`;
