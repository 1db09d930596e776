// needs: electron
/** The form of every product that can be connected: words for everything in it, fit for everybody, also in a narrow window. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectors } from '../../electron/engine/crm/registry.ts';
import { findProblems } from './kit/find-problems.ts';
import { launchDemo, type OpenInbox } from './kit/demo-inbox.ts';
import { takePicture } from './kit/take-picture.ts';

let opened: OpenInbox;
beforeAll(async () => {
  opened = await launchDemo();
  const { inbox } = opened;
  await inbox.byId('nav-settings').click();
  await inbox.byId('settings-connections').click();
  await inbox.byId('add-connection').click();
});
afterAll(() => opened?.app.close());

interface Control {
  readonly name: string;
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
}

/** Everything that can be filled in, with the words beside it. */
const controls = (): Promise<readonly Control[]> =>
  opened.inbox.byId('connection-form').locator('form').evaluate((form) =>
    [...form.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select, [role="switch"]')].map((element) => ({
      name: (element.dataset['testid'] ?? '').replace(/^connection-/, ''),
      label: (element.labels?.[0]?.innerText ?? element.getAttribute('aria-label') ?? '').trim(),
      options: element instanceof HTMLSelectElement ? [...element.options].map(({ value, text }) => ({ value, text: text.trim() })) : [],
    })),
  );

it('has words for each field and choice, and a form that is fit in light, dark and at 640 pixels', async () => {
  const { page } = opened.app;
  const { inbox } = opened;
  expect(connectors.length).toBeGreaterThan(20);
  for (const { manifest } of connectors) {
    const { id, fields } = manifest;
    await inbox.byId(`connector-${id}`).click();
    await inbox.byId('connection-submit').waitFor();
    const card = await inbox.byId(`connector-${id}`).innerText();
    expect(card.split('\n').filter((line) => line.trim() !== '').length, `${id} says what it is and how it was tried`).toBeGreaterThanOrEqual(3);

    const shown = await controls();
    const asked = fields.filter(({ kind }) => kind !== 'folder').map(({ name }) => name);
    expect(shown.map(({ name }) => name).filter((name) => asked.includes(name)), id).toEqual(asked.toSorted((a, b) => orderOf(fields, a) - orderOf(fields, b)));
    expect(shown.filter(({ name, label }) => label === '' || label === name), `${id}: fields without words`).toEqual([]);
    const unnamed = shown.flatMap(({ options }) => options).filter(({ value, text }) => text === '' || text === value);
    expect(unnamed, `${id}: choices without words`).toEqual([]);

    for (const [scheme, width] of [['light', 1280], ['dark', 640]] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme: scheme });
      expect(await findProblems(page, '[data-testid="connection-form"]'), `${id}, ${scheme}`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${id}, ${width}`).toBeLessThanOrEqual(width);
    }
    await takePicture(page, `connector-${id}`);
    await inbox.byId('connector-other').click();
  }
}, 120_000);

/** Simple ones come first. */
const orderOf = (fields: (typeof connectors)[number]['manifest']['fields'], name: string): number =>
  fields.findIndex((field) => field.name === name) + (fields.find((field) => field.name === name)?.isAdvanced === true ? 100 : 0);
