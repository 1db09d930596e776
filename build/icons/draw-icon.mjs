/**
 * The mark: the front of a dovecote (a palomar) with four holes, one of them lit. Drawn here, so that every size
 * is sharp and no image file has to be kept.
 */
import { encodePng } from './png.mjs';

const teal = [0x0d, 0x7a, 0x6f];
const paper = [0xff, 0xfd, 0xf9];
const clay = [0xf0, 0x8a, 0x5d];
const samplesPerSide = 4;

/**
 * @param {number} size in pixels
 * @param {{ hasUnread?: boolean }} [options] a dot in the corner
 * @returns {Buffer} a PNG file
 */
export function drawIcon(size, { hasUnread = false } = {}) {
  const pixels = new Uint8Array(size * size * 4);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) pixels.set(pixelAt(x, y, size, hasUnread), (y * size + x) * 4);
  }
  return encodePng(size, pixels);
}

/** The mean of some samples in the pixel, for smooth edges. */
function pixelAt(x, y, size, hasUnread) {
  const sum = [0, 0, 0];
  let covered = 0;
  for (let index = 0; index < samplesPerSide ** 2; index += 1) {
    const u = (x + ((index % samplesPerSide) + 0.5) / samplesPerSide) / size;
    const v = (y + (Math.floor(index / samplesPerSide) + 0.5) / samplesPerSide) / size;
    const color = colorAt(u, v, hasUnread);
    if (!color) continue;
    covered += 1;
    for (const channel of [0, 1, 2]) sum[channel] += color[channel];
  }
  if (covered === 0) return [0, 0, 0, 0];
  return [...sum.map((total) => Math.round(total / covered)), Math.round((255 * covered) / samplesPerSide ** 2)];
}

/** Coordinates from 0 to 1, origin at the top left; null: nothing there. */
function colorAt(u, v, hasUnread) {
  if (hasUnread) {
    const distance = Math.hypot(u - 0.78, v - 0.22);
    if (distance < 0.2) return clay;
    if (distance < 0.26) return null;
  }
  if (!isInRoundedSquare(u, v, 0.03, 0.22)) return null;
  const holes = [
    [0.325, 0.3],
    [0.675, 0.3],
    [0.325, 0.68],
    [0.675, 0.68],
  ];
  const hole = holes.findIndex(([x, y]) => isInArch(u - x, v - y, 0.12, 0.15));
  if (hole < 0) return teal;
  return hole === 1 && !hasUnread ? clay : paper;
}

function isInRoundedSquare(u, v, margin, radius) {
  const x = Math.max(Math.abs(u - 0.5) - (0.5 - margin - radius), 0);
  const y = Math.max(Math.abs(v - 0.5) - (0.5 - margin - radius), 0);
  return Math.hypot(x, y) <= radius;
}

/** A door with a round top: half a circle over a rectangle. */
function isInArch(x, y, halfWidth, halfHeight) {
  if (Math.abs(x) > halfWidth || y > halfHeight) return false;
  const springLine = -halfHeight + halfWidth;
  return y >= springLine || Math.hypot(x, y - springLine) <= halfWidth;
}
