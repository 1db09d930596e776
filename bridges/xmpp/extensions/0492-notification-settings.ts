/**
 * XEP-0492 Chat Notification Settings, version 0.2.0 — https://xmpp.org/extensions/xep-0492.html. Ours is the setting
 * without an identity, for all clients. Left out: `<advanced/>` settings, which are kept as they are.
 */
import type { NotifyLevel } from '#model';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

const names: Readonly<Record<NotifyLevel, string>> = { all: 'always', mentions: 'on-mention', none: 'never' };
const levels: Readonly<Record<string, NotifyLevel>> = { always: 'all', 'on-mention': 'mentions', never: 'none' };

/** The setting most specific to a desktop client; undefined: none. */
export function readNotifyLevel(extensions: XmlElement): NotifyLevel | undefined {
  const settings = extensions.child('notify', ns.notifySettings)?.elements() ?? [];
  const fitting = (category: string | undefined, type: string | undefined): XmlElement | undefined =>
    settings.find((one) => one.attribute('identity-category') === category && one.attribute('identity-type') === type);
  const chosen = fitting('client', 'pc') ?? fitting('client', undefined) ?? fitting(undefined, undefined);
  return chosen !== undefined && Object.hasOwn(levels, chosen.name) ? levels[chosen.name] : undefined;
}

/** The element anew: settings of other kinds of clients stay, and what ours carried inside moves along. */
export function withNotifyLevel(extensions: XmlElement | undefined, level: NotifyLevel): XmlElement {
  const settings = extensions?.child('notify', ns.notifySettings)?.elements() ?? [];
  const isOurs = (one: XmlElement): boolean => {
    const category = one.attribute('identity-category');
    return category === undefined || (category === 'client' && [undefined, 'pc'].includes(one.attribute('identity-type')));
  };
  const advanced = settings.find((one) => isOurs(one) && one.attribute('identity-category') === undefined)?.elements() ?? [];
  return element(
    'notify',
    { xmlns: ns.notifySettings },
    ...settings.filter((one) => !isOurs(one)),
    element(names[level], {}, ...advanced),
  );
}
