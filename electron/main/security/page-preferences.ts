import type { WebPreferences } from 'electron';

/**
 * What holds for every page there is, ours and others': no Node, no way around the same-origin policy, its own sandbox.
 * All of it said outright, though most are defaults (https://www.electronjs.org/docs/latest/tutorial/security).
 */
export const pagePreferences = Object.freeze({
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
} satisfies WebPreferences);
