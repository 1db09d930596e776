// needs: electron
/** Attempts to move the window elsewhere, open another one, or bring a foreign page in. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { launchApp, type RunningApp } from './kit/launch-app.ts';

describe('a page that was taken over', () => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await launchApp();
  });
  afterAll(() => app.close());

  /** The page answers, is still ours, and is alone. */
  const expectHome = async (): Promise<void> => {
    const isHome = (): Promise<boolean> =>
      app.page.evaluate(() => location.href === 'palomar://app/' && document.readyState === 'complete').catch(() => false);
    await until(isHome, { label: 'the app to be in its window' });
    expect(app.electron.windows()).toHaveLength(1);
  };

  it.each(['https://example.org/', 'file:///etc/passwd', 'palomar://other/', 'palomar://app/files/1', 'data:text/html,x', 'about:blank', 'blob:x'])(
    'cannot go to %s',
    async (target) => {
      await app.page.evaluate((url) => {
        try {
          location.href = url;
        } catch {
          // Some are refused before they are tried.
        }
        const link = document.createElement('a');
        link.href = url;
        document.body.append(link);
        link.click();
        link.remove();
      }, target);
      await expectHome();
    },
  );

  it('cannot be moved by a form or a meta refresh', async () => {
    await app.page.evaluate(() => {
      const form = document.createElement('form');
      form.action = 'https://example.org/';
      document.body.append(form);
      form.submit();
      const meta = document.createElement('meta');
      meta.httpEquiv = 'refresh';
      meta.content = '0;url=https://example.org/';
      document.head.append(meta);
    });
    await expectHome();
  });

  it('cannot embed a page that gets the preload', async () => {
    const frames = await app.page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const frame = document.createElement('iframe');
          frame.src = 'https://example.org/';
          document.addEventListener('securitypolicyviolation', () => resolve(window.length), { once: true });
          document.body.append(frame);
        }),
    );
    expect(frames).toBeLessThanOrEqual(1);
    for (const frame of app.page.frames().slice(1)) {
      expect(frame.url()).not.toContain('example.org');
      expect(await frame.evaluate(() => 'palomar' in globalThis).catch(() => false)).toBe(false);
    }
    await app.page.evaluate(() => document.querySelectorAll('iframe').forEach((frame) => frame.remove()));
    await expectHome();
  });

  it('gets no window from a thousand calls and stays alive', async () => {
    const openings = await app.page.evaluate(() => {
      let opened = 0;
      for (let index = 0; index < 1_000; index += 1) if (window.open('javascript:void(0)') !== null) opened += 1;
      return opened;
    });
    expect(openings).toBe(0);
    await expectHome();
  });

  it('is not replaced by a file or link dropped on the window', async () => {
    await app.page.evaluate(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['<script>1</script>'], 'evil.html', { type: 'text/html' }));
      transfer.setData('text/uri-list', 'https://example.org/');
      for (const kind of ['dragenter', 'dragover', 'drop']) {
        document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
      }
    });
    await expectHome();
  });

  it('cannot start a download of anything but a file of a conversation', async () => {
    const started = await app.electron.evaluate(({ session }) => {
      return ['https://example.org/x.exe', 'palomar://app/index.html', 'data:text/plain,x'].map((url) => {
        let isStopped = false;
        session.defaultSession.emit('will-download', { preventDefault: () => (isStopped = true) }, { getURL: () => url }, null);
        return isStopped;
      });
    });
    expect(started).toEqual([true, true, true]);
  });

  it('registers no service worker that would outlive it', async () => {
    const outcome = await app.page.evaluate(() => navigator.serviceWorker?.register('/m.js').then(() => 'registered', () => 'refused') ?? 'refused');
    expect(outcome).toBe('refused');
  });
});
