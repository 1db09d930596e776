/** Some hundred small pictures. */
const mostHeld = 300;
const held = new Map<string, HTMLImageElement>();
/** In browser mode no picture may stay, and asking for it again would only cost a second answer. */
let mayHold = true;

/**
 * A picture that no element shows is forgotten by the page, and comes back a frame late. The latest few stay.
 * @param src of a picture that was just shown
 */
export const holdPicture = (src: string): void => {
  const known = held.get(src);
  if (known) {
    held.delete(src);
    held.set(src, known);
    return;
  }
  if (!mayHold) return;
  const picture = new Image();
  picture.src = src;
  mayHold = picture.complete;
  if (mayHold) held.set(src, picture);
  for (const oldest of held.keys()) {
    if (held.size <= mostHeld) return;
    held.delete(oldest);
  }
};
