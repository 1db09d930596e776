import { parseUrl } from '../parse-url.ts';

/** The page's one address. A scheme of our own instead of file://, so that it has an origin and a policy. */
export const appScheme = 'palomar';
export const appHost = 'app';
export const appUrl = `${appScheme}://${appHost}/`;

/** Whether an address belongs to the app itself. Not `URL.origin`: it is "null" for schemes Node does not know. */
export const isAppUrl = (address: string): boolean => {
  const url = parseUrl(address);
  if (url === null) return false;
  return url.protocol === `${appScheme}:` && url.host === appHost && url.username === '' && url.password === '';
};
