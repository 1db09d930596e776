/** Names of the IPC channels between preload and main. The page never sees them; it has `shell.ts`. */
export const ipcChannels = {
  /** preload asks for a port to the engine; main answers with `port` */
  connect: 'palomar:connect',
  /** main → preload, carries one MessagePort */
  port: 'palomar:port',
  /** main → preload: show a conversation */
  navigate: 'palomar:navigate',
  setUnreadCount: 'palomar:set-unread-count',
  idleMs: 'palomar:idle-ms',
  openMicrophone: 'palomar:open-microphone',
  closeMicrophone: 'palomar:close-microphone',
  openLink: 'palomar:open-link',
  chooseFolder: 'palomar:choose-folder',
  catchPage: 'palomar:catch-page',
  closePage: 'palomar:close-page',
} as const;
