/** Hands the page one object, the shell, and nothing of Electron or Node. */
import { contextBridge, ipcRenderer } from 'electron';
import { ipcChannels, type Shell, type ShellPort } from '#rpc';

type CloseListener = Parameters<ShellPort['onClose']>[0];

/** `close` is Electron's own event: the engine ended. It may come before the page listens, so it is remembered. */
const wrapPort = (port: MessagePort): ShellPort => {
  let isClosed = false;
  const listeners: CloseListener[] = [];
  port.addEventListener('close', () => {
    isClosed = true;
    for (const listener of listeners) listener('engine-stopped');
  });
  return {
    post: (frame) => port.postMessage(frame),
    onFrame: (listener) => {
      port.onmessage = ({ data }) => listener(data);
    },
    onClose: (listener) => {
      if (isClosed) listener('engine-stopped');
      else listeners.push(listener);
    },
  };
};

/** Calls of `connect` that wait for a port, oldest first; every port serves any of them. */
const waiting: ((port: ShellPort) => void)[] = [];
ipcRenderer.on(ipcChannels.port, ({ ports: [port] }) => port && waiting.shift()?.(wrapPort(port)));

const connect = (): Promise<ShellPort> =>
  new Promise((resolve, reject) => {
    waiting.push(resolve);
    ipcRenderer.invoke(ipcChannels.connect).catch((error: unknown) => {
      waiting.splice(waiting.indexOf(resolve), 1);
      reject(error instanceof Error ? error : new Error('refused'));
    });
  });
/** Asked for before the page's own code is loaded, so that it waits for the slower of the two and not for both. */
let firstPort: Promise<ShellPort> | null = connect();
firstPort.catch(() => (firstPort = null));

type Target = Parameters<Parameters<Shell['window']['onNavigate']>[0]>[0];
const targetListeners: ((target: Target) => void)[] = [];
/** Where to go, said before the page listened. */
let earlyTarget: Target | null = null;
ipcRenderer.on(ipcChannels.navigate, (_event, target: Target) => {
  if (targetListeners.length === 0) earlyTarget = target;
  for (const listener of targetListeners) listener(target);
});

const shell: Shell = {
  kind: 'electron',
  window: {
    setUnreadCount: (count) => void ipcRenderer.invoke(ipcChannels.setUnreadCount, count),
    idleMs: () => ipcRenderer.invoke(ipcChannels.idleMs),
    onNavigate: (listener) => {
      targetListeners.push(listener);
      if (earlyTarget !== null) listener(earlyTarget);
      earlyTarget = null;
    },
  },
  links: {
    open: (url) => ipcRenderer.invoke(ipcChannels.openLink, url),
    chooseFolder: () => ipcRenderer.invoke(ipcChannels.chooseFolder),
  },
  pages: {
    catch: (wish) => ipcRenderer.invoke(ipcChannels.catchPage, wish),
    close: () => ipcRenderer.invoke(ipcChannels.closePage),
  },
  notifications: {
    permission: () => 'granted',
    request: () => Promise.resolve('granted'),
  },
  microphone: {
    // The page cannot make a click up: this is the browser's own word for one that has just happened.
    open: () => (navigator.userActivation.isActive ? ipcRenderer.invoke(ipcChannels.openMicrophone) : Promise.reject(new Error('refused'))),
    close: () => ipcRenderer.invoke(ipcChannels.closeMicrophone),
  },
  connect: () => {
    const port = firstPort ?? connect();
    firstPort = null;
    return port;
  },
};

contextBridge.exposeInMainWorld('palomar', shell);
