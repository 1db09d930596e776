import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it, vi } from 'vitest';

class FakeNotification extends EventEmitter {
  static shown: FakeNotification[] = [];
  static isSupported = (): boolean => true;
  readonly options: { readonly title: string; readonly body: string };
  isClosed = false;

  constructor(options: { readonly title: string; readonly body: string }) {
    super();
    this.options = options;
  }
  show(): void {
    FakeNotification.shown.push(this);
  }
  close(): void {
    this.isClosed = true;
  }
}

vi.mock('electron', () => ({ Notification: FakeNotification }));
const { createNotifications } = await import('../../../electron/main/desktop/notifications.ts');

const raised = (conversationId: number, title: string, body: string) =>
  ({ conversationId, title, body, network: 'xmpp' }) as unknown as Parameters<ReturnType<typeof createNotifications>['show']>[0];

describe('notifications', () => {
  beforeEach(() => {
    FakeNotification.shown = [];
  });

  it('show one plain line each, whatever a sender put in', () => {
    createNotifications(() => undefined).show(raised(1, 'Ana\nBank\u202E', '<b>Your</b>\r\npassword\u2028now'));
    const [shown] = FakeNotification.shown;
    expect(shown?.options.title).toBe('Ana Bank');
    const body = shown?.options.body ?? '';
    expect(body).not.toMatch(/[\n\r\u2028\u202E]/);
    expect(body).toBe(process.platform === 'linux' ? '&lt;b&gt;Your&lt;/b&gt; password now' : '<b>Your</b> password now');
  });

  it('open their conversation when clicked', () => {
    const clicked = vi.fn();
    createNotifications(clicked).show(raised(7, 'Ana', 'hi'));
    FakeNotification.shown[0]?.emit('click');
    expect(clicked).toHaveBeenCalledWith(7);
  });

  it('take the place of an older one of the same conversation', () => {
    const notifications = createNotifications(() => undefined);
    notifications.show(raised(1, 'Ana', 'one'));
    notifications.show(raised(2, 'Bo', 'two'));
    notifications.show(raised(1, 'Ana', 'three'));
    expect(FakeNotification.shown.map(({ isClosed }) => isClosed)).toEqual([true, false, false]);
    notifications.dismiss(2);
    expect(FakeNotification.shown[1]?.isClosed).toBe(true);
  });
});
