import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';

export interface PictureFacts {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly colorCount: number;
  /** How much of it the commonest colour covers, 0 to 1. */
  readonly largestShare: number;
}

/** Decodes a PNG in the page's own engine and counts its colours: enough to tell a picture from a blank one. */
export const describePicture = async (page: Page, path: string): Promise<PictureFacts> => {
  const base64 = (await readFile(path)).toString('base64');
  return page.evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d');
    context?.drawImage(bitmap, 0, 0);
    const pixels = new Uint32Array(context?.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer ?? new ArrayBuffer(0));
    const counts = new Map<number, number>();
    for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
    return {
      widthPx: bitmap.width,
      heightPx: bitmap.height,
      colorCount: counts.size,
      largestShare: Math.max(0, ...counts.values()) / pixels.length,
    };
  }, base64);
};
