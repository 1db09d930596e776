import type { RunningApp } from './launch-app.ts';

export interface ShownNotification {
  readonly title: string;
  readonly body: string;
}

export interface CaughtNotifications {
  shown(): Promise<readonly ShownNotification[]>;
  /** What the operating system tells when the newest one is clicked. */
  clickNewest(): Promise<void>;
}

/** Notes what the app shows as notifications of the system, of which a test display has none. */
export const catchNotifications = async (app: RunningApp): Promise<CaughtNotifications> => {
  await app.electron.evaluate(({ Notification }) => {
    const caught: Electron.Notification[] = [];
    Object.assign(globalThis, { caughtNotifications: caught });
    Notification.isSupported = () => true;
    Notification.prototype.show = function show(this: Electron.Notification) {
      caught.push(this);
    };
  });
  return {
    shown: () =>
      app.electron.evaluate(() => {
        const { caughtNotifications } = globalThis as unknown as { caughtNotifications: Electron.Notification[] };
        return caughtNotifications.map(({ title, body }) => ({ title, body }));
      }),
    clickNewest: () =>
      app.electron.evaluate(() => {
        const { caughtNotifications } = globalThis as unknown as { caughtNotifications: Electron.Notification[] };
        caughtNotifications.at(-1)?.emit('click', {} as never);
      }),
  };
};
