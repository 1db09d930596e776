import { BrowserWindow, type Session } from 'electron';
import { maxPdfBytes, maxPrintedHtmlChars, printTimeoutMs } from '#rpc';
import { pagePreferences } from '../security/page-preferences.ts';
import { makePrintSession, printUrl, type PrintSession } from './print-session.ts';

/** Each waits for the one before it: a window costs a process. */
const mostWaiting = 20;

export interface PagePrinter {
  /** A page of ours as a PDF, with the letters of this computer's fonts. @throws when it is too large, takes too long or cannot be drawn */
  print(html: string): Promise<Buffer>;
}

const openWindow = (session: Session): BrowserWindow =>
  new BrowserWindow({
    show: false,
    width: 794,
    height: 1123,
    skipTaskbar: true,
    focusable: false,
    webPreferences: {
      ...pagePreferences,
      session,
      javascript: false,
      webgl: false,
      plugins: false,
      disableDialogs: true,
      devTools: false,
    },
  });

const printOnce = async (place: PrintSession, html: string): Promise<Buffer> => {
  place.hold(html);
  const window = openWindow(place.session);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('printing took too long')), printTimeoutMs);
    window.webContents.once('render-process-gone', () => reject(new Error('the page to print went away')));
  });
  try {
    await Promise.race([window.loadURL(printUrl), late]);
    const pdf = await Promise.race([window.webContents.printToPDF({ pageSize: 'A4', printBackground: true, preferCSSPageSize: true }), late]);
    if (pdf.length > maxPdfBytes) throw new Error('the PDF is too large');
    return pdf;
  } finally {
    clearTimeout(timer);
    window.destroy();
    place.hold(null);
  }
};

/** Prints pages for the engine, one after the other, in windows that nobody sees: no script, no network, no preload. */
export const createPagePrinter = (): PagePrinter => {
  let place: PrintSession | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return {
    print: async (html) => {
      if (html.length > maxPrintedHtmlChars) throw new Error('the page is too large to print');
      if (waiting >= mostWaiting) throw new Error('too many pages wait to be printed');
      waiting += 1;
      const mine = last.then(() => printOnce((place ??= makePrintSession()), html));
      last = mine.catch(() => undefined);
      try {
        return await mine;
      } finally {
        waiting -= 1;
      }
    },
  };
};
