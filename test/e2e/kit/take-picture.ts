import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { until } from '../../kit/until.ts';

const resultDir = 'test-results/images';
/** Pictures of the documentation change only when somebody asks for it. */
const docsDir = process.env['PALOMAR_UPDATE_IMAGES'] === '1' ? 'docs/images' : resultDir;

const isAtRest = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.fonts.status === 'loaded' && document.getAnimations().every(({ playState }) => playState !== 'running'));

const take = async (page: Page, folder: string, name: string): Promise<string> => {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, caret: 'hide' });
  return path;
};

/** Keeps what the window shows in test-results, for people who look. @returns its path */
export const takePicture = (page: Page, name: string): Promise<string> => take(page, resultDir, name);

/**
 * One that the documentation shows: taken when fonts are there and nothing moves. It goes to test-results; only a run
 * with PALOMAR_UPDATE_IMAGES=1 writes docs/images. @returns its path
 */
export const takeDocsPicture = async (page: Page, name: string): Promise<string> => {
  await until(() => isAtRest(page), { label: `a page at rest for ${name}` });
  return take(page, docsDir, name);
};
