import type { Shell, ShellPort } from '#rpc';
import { openOutside } from './open-outside.ts';
import { watchPageIdle } from './page-idle.ts';

/** Close codes of the loopback server: 4001 another tab connected. */
const replacedCloseCode = 4001;

/** Only a person's wish takes the connection from another tab, and only after this one was refused or replaced. */
let mayTake = false;

const openPort = (): Promise<ShellPort> =>
  new Promise((resolve, reject) => {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(`${scheme}//${location.host}/engine${mayTake ? '?take=1' : ''}`);
    const frameListeners: ((frame: unknown) => void)[] = [];
    const closeListeners: Parameters<ShellPort['onClose']>[0][] = [];
    const early: unknown[] = [];
    let isOpen = false;

    socket.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (typeof event.data !== 'string') return;
      const frame = JSON.parse(event.data) as unknown;
      if (frameListeners.length === 0) early.push(frame);
      for (const listener of frameListeners) listener(frame);
    });
    socket.addEventListener('open', () => {
      isOpen = true;
      resolve({
        post: (frame) => socket.send(JSON.stringify(frame)),
        onFrame: (listener) => {
          frameListeners.push(listener);
          for (const frame of early.splice(0)) listener(frame);
        },
        onClose: (listener) => void closeListeners.push(listener),
      });
    });
    socket.addEventListener('close', (event) => {
      if (!isOpen) reject(new Error(`The engine's door is closed (${event.code}).`));
      mayTake = event.code === replacedCloseCode;
      const reason = event.code === replacedCloseCode ? 'replaced' : 'engine-stopped';
      for (const listener of closeListeners) listener(reason);
    });
  });

const permission = (): NotificationPermission => ('Notification' in window ? Notification.permission : 'denied');

/** Browser mode's twin of the preload: the same interface over one loopback WebSocket. */
export const createBrowserShell = (): Shell => shellOf(watchPageIdle());

const shellOf = (idleMs: () => number): Shell => ({
  kind: 'browser',
  connect: openPort,
  window: {
    setUnreadCount: (count) => {
      document.title = count > 0 ? `(${count}) Palomar` : 'Palomar';
    },
    idleMs: () => Promise.resolve(idleMs()),
    onNavigate: () => undefined,
  },
  links: {
    open: (url) => Promise.resolve({ isOpened: openOutside(url) }),
    chooseFolder: () => Promise.resolve(null),
  },
  // The browser asks the person itself.
  microphone: { open: () => Promise.resolve(), close: () => Promise.resolve() },
  notifications: {
    permission,
    request: async () => ('Notification' in window ? Notification.requestPermission() : 'denied'),
  },
});
