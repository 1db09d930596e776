import type { RpcEvent, RpcEvents } from '#rpc';
import type { Engine } from '../engine.ts';
import type { HostLink } from './host-link.ts';

/** What the host shows outside the page: notifications, the unread count of the tray, settings it follows. */
export const tellHost = (engine: Engine, link: HostLink): void => {
  let shownUnread: number | null = null;
  const showUnread = (total: number): void => {
    if (total === shownUnread) return;
    shownUnread = total;
    link.post({ type: 'unread', total });
  };
  engine.listen((event: RpcEvent, payload) => {
    if (event === 'notification.raised') {
      link.post({ type: 'notify', notification: payload as RpcEvents['notification.raised'] });
    } else if (event === 'alert.raised') {
      link.post({ type: 'alert', alert: payload as RpcEvents['alert.raised'] });
    } else if (event === 'alerts.changed') {
      link.post({ type: 'alerts', count: (payload as RpcEvents['alerts.changed']).alerts.length });
    } else if (event === 'conversations.changed') {
      showUnread((payload as RpcEvents['conversations.changed']).totalUnread);
    } else if (event === 'settings.changed') {
      link.post({ type: 'settings', settings: (payload as RpcEvents['settings.changed']).settings });
    }
  });
  const { settings, totalUnread } = engine.glance();
  showUnread(totalUnread);
  link.post({ type: 'settings', settings });
};
