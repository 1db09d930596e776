/** The door of this feature. */
export { scaleImage } from './scale-image.ts';
