import { Permanent } from '../errors.ts';

/**
 * What is asked, or `otherwise` where this user may not see it or the other side knows no such thing (an app that is not
 * there). For what is shown beside a record, never for what is looked up before writing.
 * @throws every other error of `ask`
 */
export async function unlessRefused<Found>(otherwise: Found, ask: () => Promise<Found>): Promise<Found> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Permanent && (error.code === 'forbidden' || error.code === 'record-gone')) return otherwise;
    throw error;
  }
}
