// needs: electron
/** What the shell shows on the desktop: notifications, the folder dialog, what it stages for sending. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchApp, type RunningApp } from './kit/launch-app.ts';

describe('the desktop side of the shell', () => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await launchApp();
  });
  afterAll(() => app.close());

  const chooseFolder = (): Promise<unknown> =>
    app.page.evaluate(() => (globalThis as unknown as { palomar: { links: { chooseFolder(): Promise<unknown> } } }).palomar.links.chooseFolder());

  it('gives the page a token for a chosen folder, never its path', async () => {
    const path = app.profileDir;
    await app.electron.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    }, path);
    const choice = (await chooseFolder()) as { readonly token: string; readonly label: string };
    expect(choice.token).toMatch(/\S/);
    expect(choice.token).not.toContain('/');
    expect(JSON.stringify(choice)).not.toContain(path);
  });

  it('answers null when the person chooses none', async () => {
    await app.electron.evaluate(({ dialog }) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: true, filePaths: [] });
    });
    expect(await chooseFolder()).toBeNull();
  });

  it('stages the bytes of an attached file, in parts or at once, and fetches no body by itself', async () => {
    const statuses = await app.page.evaluate(async () => {
      const bytes = new Uint8Array(3_000_000).fill(7);
      const file = new File([bytes], 'offer.bin');
      const once = await fetch('/upload?name=once.bin', { method: 'POST', body: bytes });
      const first = (await (await fetch('/upload?name=parts.bin&more', { method: 'POST', body: bytes })).json()) as { id: string };
      const parts = await fetch(`/upload?id=${first.id}`, { method: 'POST', body: bytes });
      const answers = [await once.json(), await parts.json()] as { sizeBytes: number; id: string }[];
      const streamed = await fetch('/upload?name=stream.bin', { method: 'POST', body: file.stream(), duplex: 'half' } as RequestInit);
      return [...answers.map(({ sizeBytes, id }) => [sizeBytes, typeof id]), streamed.status];
    });
    expect(statuses).toEqual([[3_000_000, 'string'], [6_000_000, 'string'], 415]);
  });

  it('counts unread messages for the system without trusting the number', async () => {
    const outcome = await app.page.evaluate(() => {
      const { palomar } = globalThis as unknown as { palomar: { window: { setUnreadCount(count: unknown): void } } };
      for (const count of [0, 3, 1_000_000, -1, Number.NaN, 'x', {}, null]) palomar.window.setUnreadCount(count);
      return 'alive';
    });
    expect(outcome).toBe('alive');
  });
});
