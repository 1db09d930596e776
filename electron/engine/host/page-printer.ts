import { maxPdfBytes, maxPrintedHtmlChars, printTimeoutMs, type HostToEngine } from '#rpc';
import type { PrintPage } from '../crm/connector.ts';
import type { HostLink } from './host-link.ts';

/** The host may have others to print first. */
const patienceMs = 3 * printTimeoutMs;

interface Waiting {
  readonly resolve: (pdf: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

export interface PagePrinter {
  /** Has the window's process print a page. @throws when it cannot */
  readonly print: PrintPage;
  readonly take: (answer: Extract<HostToEngine, { readonly type: 'printed' }>) => void;
}

/** The engine draws nothing itself: its host does, in a window that nobody sees. */
export const createPagePrinter = (link: Pick<HostLink, 'post'>): PagePrinter => {
  const waiting = new Map<number, Waiting>();
  let nextId = 1;

  return {
    print: async (html, signal) => {
      signal.throwIfAborted();
      if (html.length > maxPrintedHtmlChars) throw new Error('the page is too large to print');
      const id = nextId++;
      const ended = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
      try {
        return await new Promise<Uint8Array>((resolve, reject) => {
          ended.addEventListener('abort', () => reject(new Error('printing was given up')), { once: true });
          waiting.set(id, { resolve, reject });
          link.post({ type: 'print', id, html });
        });
      } finally {
        waiting.delete(id);
      }
    },

    take: ({ id, pdf: encoded }) => {
      const waiter = waiting.get(id);
      const pdf = Buffer.from(encoded ?? '', 'base64');
      if (pdf.length > maxPdfBytes || pdf.subarray(0, 5).toString('latin1') !== '%PDF-') waiter?.reject(new Error('the page could not be printed'));
      else waiter?.resolve(pdf);
    },
  };
};
