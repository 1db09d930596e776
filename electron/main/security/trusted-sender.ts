import type { IpcMainInvokeEvent, WebContents } from 'electron';
import { isAppUrl } from '../app-protocol/app-origin.ts';

/** Whether a call comes from the main frame of the app's own window, showing the app's own page. */
export const isTrustedSender = (event: Pick<IpcMainInvokeEvent, 'sender' | 'senderFrame'>, own: WebContents | null): boolean => {
  const frame = event.senderFrame;
  if (own === null || frame === null || frame === undefined || event.sender !== own) return false;
  return frame === own.mainFrame && isAppUrl(frame.url);
};
