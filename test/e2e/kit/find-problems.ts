import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { until } from '../../kit/until.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/**
 * What is wrong on the page, one line a node; a line says the rule, the element and why.
 * @param within a selector: only there, where the rest was looked at before
 */
export const findProblems = async (page: Page, within: string | null = null): Promise<readonly string[]> => {
  // Playwright's own evaluation is not held by the page's content security policy.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource);
  await stopMotion(page);
  const results = await page.evaluate((selector) => {
    const { axe } = globalThis as unknown as { axe: { run(context: Document | string, options: object): Promise<AxeResults> } };
    return axe.run(selector ?? document, { resultTypes: ['violations'] });
  }, within);
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} (${node.failureSummary?.split('\n')[1]?.trim()})`));
};

/** Colours are only judged when nothing fades in or out any more. */
const stopMotion = (page: Page): Promise<unknown> =>
  until(() => page.evaluate(() => document.getAnimations().every((animation) => animation.playState !== 'running')), { label: 'a page at rest' });
