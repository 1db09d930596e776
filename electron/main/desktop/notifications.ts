import { Notification } from 'electron';
import type { RpcEvents } from '#rpc';
import { escapeMarkup, plainLine } from './plain-line.ts';

const longestTitle = 100;
const longestBody = 240;
/** Older ones are let go; the system keeps what it shows. */
const mostShown = 50;

export type RaisedNotification = RpcEvents['notification.raised'];

/**
 * Shows notifications of the operating system, one a conversation: a newer one takes the older one's place.
 * @param onClick the person wants to see this conversation
 */
export const createNotifications = (onClick: (conversationId: number) => void, onAlertClick: () => void = () => undefined) => {
  // Held here, or they would be collected and their clicks lost.
  const shown = new Map<number, Notification>();
  let alert: Notification | null = null;
  return {
    show({ conversationId, title, body, isQuiet = false }: RaisedNotification): void {
      if (!Notification.isSupported()) return;
      const line = plainLine(body, longestBody);
      const notification = new Notification({
        title: plainLine(title, longestTitle),
        body: process.platform === 'linux' ? escapeMarkup(line) : line,
        silent: isQuiet,
      });
      notification.on('click', () => {
        shown.delete(conversationId);
        onClick(conversationId);
      });
      shown.get(conversationId)?.close();
      shown.delete(conversationId);
      shown.set(conversationId, notification);
      const [oldest] = shown.keys();
      if (shown.size > mostShown && oldest !== undefined) shown.delete(oldest);
      notification.show();
    },
    /** A line about a network, not about a conversation. */
    showAlert(title: string, body: string): void {
      if (!Notification.isSupported()) return;
      alert?.close();
      alert = new Notification({ title: plainLine(title, longestTitle), body: plainLine(body, longestBody) });
      alert.on('click', onAlertClick);
      alert.show();
    },
    /** The conversation was opened: its notification says nothing new any more. */
    dismiss(conversationId: number): void {
      shown.get(conversationId)?.close();
      shown.delete(conversationId);
    },
  };
};
