import type { OwnAvatarImage } from '../../rpc/index.ts';

const sidePx = 192;
const mostBytes = 64 * 1024;
/** What a picture is tried as, best first; the first that is small enough goes. */
const attempts: readonly (readonly [mime: OwnAvatarImage['mime'], quality: number, sidePx: number])[] = [
  ['image/png', 1, sidePx],
  ['image/jpeg', 0.9, sidePx],
  ['image/jpeg', 0.75, sidePx],
  ['image/jpeg', 0.6, 128],
];

/**
 * Cuts the middle square out of a picture and scales it down. What comes out is drawn anew: nothing that was hidden in
 * the file (places, names of devices) goes along. Null: no picture that this page can show.
 */
export const scaleImage = async (file: Blob): Promise<OwnAvatarImage | null> => {
  const source = await createImageBitmap(file).catch(() => null);
  if (source === null) return null;
  try {
    for (const [mime, quality, largest] of attempts) {
      const image = await draw(source, mime, quality, largest);
      if (image !== null) return image;
    }
    return null;
  } finally {
    source.close();
  }
};

const draw = async (source: ImageBitmap, mime: OwnAvatarImage['mime'], quality: number, largest: number): Promise<OwnAvatarImage | null> => {
  const side = Math.min(source.width, source.height);
  const scaled = Math.max(1, Math.min(largest, side));
  const canvas = document.createElement('canvas');
  canvas.width = scaled;
  canvas.height = scaled;
  const context = canvas.getContext('2d');
  if (context === null) return null;
  if (mime === 'image/jpeg') {
    context.fillStyle = '#fff';
    context.fillRect(0, 0, scaled, scaled);
  }
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, (source.width - side) / 2, (source.height - side) / 2, side, side, 0, 0, scaled, scaled);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, mime, quality));
  if (blob === null || blob.type !== mime || blob.size > mostBytes) return null;
  return { mime, base64: await toBase64(blob), widthPx: scaled, heightPx: scaled };
};

const toBase64 = async (blob: Blob): Promise<string> => {
  let binary = '';
  for (const byte of new Uint8Array(await blob.arrayBuffer())) binary += String.fromCharCode(byte);
  return btoa(binary);
};
