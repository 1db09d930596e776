import { beforeEach, describe, expect, it, vi } from 'vitest';

const shown: { title: string; body: string; isClosed: boolean; click: () => void }[] = [];
const toolTips: string[] = [];

class FakeNotification {
  static isSupported = (): boolean => true;
  readonly #entry: (typeof shown)[number];

  constructor({ title, body }: { readonly title: string; readonly body: string }) {
    this.#entry = { title, body, isClosed: false, click: () => undefined };
  }
  on(_event: string, listener: () => void): void {
    this.#entry.click = listener;
  }
  show(): void {
    shown.push(this.#entry);
  }
  close(): void {
    this.#entry.isClosed = true;
  }
}
class FakeTray {
  setImage(): void {
    // Nothing to see in a test.
  }
  setToolTip(text: string): void {
    toolTips.push(text);
  }
  setContextMenu(): void {
    // Nothing to see in a test.
  }
  on(): void {
    // Nobody clicks.
  }
}

vi.mock('electron', () => ({
  Notification: FakeNotification,
  Tray: FakeTray,
  Menu: { buildFromTemplate: () => ({}) },
}));
vi.mock('../../../electron/main/desktop/icons.ts', () => ({ trayIcon: () => ({}) }));
const { createNotifications } = await import('../../../electron/main/desktop/notifications.ts');
const { createTray } = await import('../../../electron/main/desktop/tray.ts');
const { shellTexts } = await import('../../../electron/main/desktop/texts.ts');

describe('a network that is out', () => {
  beforeEach(() => {
    shown.length = 0;
    toolTips.length = 0;
  });

  it('is one notification, in plain words, that leads to the window; the next one takes its place', () => {
    let clicks = 0;
    const notifications = createNotifications(() => undefined, () => (clicks += 1));
    const { alert } = shellTexts('en', '');
    notifications.showAlert('Palomar', alert['signed-out']('WhatsApp\nevil'));
    notifications.showAlert('Palomar', alert.silence('IRC'));
    expect(shown.map(({ body, isClosed }) => [body, isClosed])).toEqual([
      ['WhatsApp evil is disconnected: messages may be missing. Sign in again in Palomar.', true],
      ['Nobody has written on IRC for unusually long. Its bridge may be broken.', false],
    ]);
    shown[1]?.click();
    expect(clicks).toBe(1);
  });

  it('is counted beside the unread messages of the tray', () => {
    const tray = createTray({ open: () => undefined, quit: () => undefined }, shellTexts('es', ''));
    tray.setAlertCount(1);
    tray.setUnreadCount(2);
    tray.setAlertCount(1);
    tray.setUnreadCount(0);
    tray.setAlertCount(0);
    expect(toolTips).toEqual(['Palomar', 'Palomar: 1 red le necesita', 'Palomar: 2 mensajes sin leer, 1 red le necesita', 'Palomar: 1 red le necesita', 'Palomar']);
  });
});
