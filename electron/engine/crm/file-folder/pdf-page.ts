import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectorContext } from '../connector.ts';
import { replaceFile } from './write-once.ts';

export const pageName = 'conversation.html';
export const pdfName = 'conversation.pdf';

type Printing = Pick<ConnectorContext, 'values' | 'signal' | 'printPage' | 'memory'>;

/**
 * A page that could not be drawn is left alone for a while: each try may last until the window is given up, and a push
 * with many files makes the page anew for each of them.
 */
const restMs = 10 * 60_000;
const memoryName = 'pdf not drawn';

export const wantsPdf = ({ values }: Pick<ConnectorContext, 'values'>): boolean => values['pdf'] === 'true';

/** A PDF that is there says what the page says: one of an older page, or of a page with more on it, has to go first. */
export const removePdf = (folder: string): Promise<void> => rm(join(folder, pdfName), { force: true });

/**
 * The page beside it as a PDF, where that is wished and there is a window to draw it. Never a reason for a push to fail:
 * without it the page has everything, and the next push makes it anew.
 */
export async function writePdf(folder: string, page: string, printing: Printing): Promise<void> {
  if (!wantsPdf(printing) || printing.printPage === undefined || rests(folder, printing)) return;
  try {
    const pdf = await printing.printPage(page, printing.signal).catch((error: unknown) => {
      printing.memory.set(memoryName, { folder, atMs: Date.now() });
      throw error;
    });
    // Another device may write at any time and print its own page: none is better than one of an older page.
    if (!(await isPageOf(folder, page))) return;
    await replaceFile(join(folder, pdfName), pdf);
    if (!(await isPageOf(folder, page))) await removePdf(folder);
  } catch {
    await removePdf(folder).catch(() => undefined);
  }
}

const isPageOf = async (folder: string, page: string): Promise<boolean> => (await readFile(join(folder, pageName), 'utf8')) === page;

function rests(folder: string, { memory }: Printing): boolean {
  const last = memory.get(memoryName) as { readonly folder: string; readonly atMs: number } | undefined;
  const passedMs = Date.now() - (last?.atMs ?? 0);
  return last?.folder === folder && passedMs >= 0 && passedMs < restMs;
}
