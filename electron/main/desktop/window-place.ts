import { readFileSync, writeFileSync } from 'node:fs';

export interface WindowPlace {
  readonly x?: number | undefined;
  readonly y?: number | undefined;
  readonly width: number;
  readonly height: number;
  readonly isMaximized: boolean;
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const smallestWidth = 640;
export const smallestHeight = 480;
const usual: WindowPlace = { width: 1280, height: 820, isMaximized: false };

/** Where the window was last; the usual place when it is not known or lies on no screen any more. */
export const readWindowPlace = (path: string, screens: readonly Area[]): WindowPlace => {
  const place = parsePlace(path);
  if (place === null) return usual;
  const { x, y, ...size } = place;
  const isVisible = x !== undefined && y !== undefined && screens.some((screen) => overlaps(screen, x, y, place.width));
  return isVisible ? place : size;
};

/** Not worth a failure: without it the window opens at its usual place. */
export const writeWindowPlace = (path: string, place: WindowPlace): void => {
  try {
    writeFileSync(path, JSON.stringify(place), { mode: 0o600 });
  } catch {
    // A full or read-only disk is the engine's to report.
  }
};

const parsePlace = (path: string): WindowPlace | null => {
  try {
    const { x, y, width, height, isMaximized } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    if (!isSize(width, smallestWidth) || !isSize(height, smallestHeight)) return null;
    const size = { width, height, isMaximized: isMaximized === true };
    return Number.isInteger(x) && Number.isInteger(y) ? { ...size, x: x as number, y: y as number } : size;
  } catch {
    return null;
  }
};

const isSize = (value: unknown, least: number): value is number =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= 20_000;

/** A strip of the title bar, wide enough to take hold of, has to be on the screen. */
const overlaps = (screen: Area, x: number, y: number, width: number): boolean =>
  x + width - 80 > screen.x && x + 80 < screen.x + screen.width && y >= screen.y - 10 && y + 40 < screen.y + screen.height;
