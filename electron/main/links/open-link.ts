import { shell } from 'electron';
import { log } from '../log.ts';
import { openableLink } from './link-policy.ts';

/**
 * The only call of `shell.openExternal` in the app.
 * @param link from a message, a profile, a CRM: hostile
 */
export const openLink = async (link: unknown): Promise<{ readonly isOpened: boolean }> => {
  const address = openableLink(link);
  if (address === null) {
    log('refused to open a link');
    return { isOpened: false };
  }
  try {
    await shell.openExternal(address);
    return { isOpened: true };
  } catch (error) {
    log('the system could not open a link', error);
    return { isOpened: false };
  }
};
