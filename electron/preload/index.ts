/** Hands the page one object, the shell, and nothing of Electron or Node. */
import { contextBridge, ipcRenderer } from 'electron';
import { ipcChannels, type Shell, type ShellPort } from '#rpc';

type CloseListener = Parameters<ShellPort['onClose']>[0];

const nextPort = (): Promise<MessagePort> =>
  new Promise((resolve) => {
    ipcRenderer.once(ipcChannels.port, ({ ports: [port] }) => port && resolve(port));
  });

const wrapPort = (port: MessagePort): ShellPort => ({
  post: (frame) => port.postMessage(frame),
  onFrame: (listener) => {
    port.onmessage = ({ data }) => listener(data);
  },
  onClose: (listener: CloseListener) => {
    // Electron's own event: the engine ended, or its process did.
    port.addEventListener('close', () => listener('engine-stopped'));
  },
});

const shell: Shell = {
  kind: 'electron',
  window: {
    setUnreadCount: (count) => void ipcRenderer.invoke(ipcChannels.setUnreadCount, count),
    onNavigate: (listener) => {
      ipcRenderer.on(ipcChannels.navigate, (_event, target: { conversationId: number }) => listener(target));
    },
  },
  links: {
    open: (url) => ipcRenderer.invoke(ipcChannels.openLink, url),
    chooseFolder: () => ipcRenderer.invoke(ipcChannels.chooseFolder),
  },
  notifications: {
    permission: () => 'granted',
    request: () => Promise.resolve('granted'),
  },
  connect: async () => {
    const port = nextPort();
    await ipcRenderer.invoke(ipcChannels.connect);
    return wrapPort(await port);
  },
};

contextBridge.exposeInMainWorld('palomar', shell);
