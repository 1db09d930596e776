const longestSidePx = 64;
const longestBytes = 14_000;

/** A picture of at most 64 pixels, as a `data:` address; null for what is no image, or comes out too large. */
export const makeThumbnail = async (file: File): Promise<string | null> => {
  if (!/^image\/(?:png|jpeg|gif|webp|avif)$/u.test(file.type)) return null;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, longestSidePx / Math.max(picture.width, picture.height));
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)));
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.6 });
    if (blob.size > longestBytes) return null;
    const bytes = new Uint8Array(await blob.arrayBuffer());
    return `data:image/jpeg;base64,${btoa(String.fromCharCode(...bytes))}`;
  } catch {
    // Not an image after all; the file goes without a picture.
    return null;
  }
};
