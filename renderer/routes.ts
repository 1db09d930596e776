import { readonly, shallowRef, type Ref } from 'vue';

/** Where the person is. In the address bar as a hash, so that a reload comes back to the same place. */
export type Route =
  | { readonly name: 'welcome' }
  | { readonly name: 'inbox'; readonly conversationId: number | null; readonly messageId: number | null }
  | { readonly name: 'contacts'; readonly isAdding?: boolean }
  | { readonly name: 'pushes' }
  | { readonly name: 'search'; readonly query: string }
  | { readonly name: 'settings'; readonly section: SettingsSection }
  | { readonly name: 'account'; readonly accountId: number; readonly tab: string }
  | { readonly name: 'add-account' }
  /** `isFromFile`: by the file of a company. */
  | { readonly name: 'add-connection'; readonly isFromFile?: boolean };

export const settingsSections = ['general', 'accounts', 'connections', 'about'] as const;
export type SettingsSection = (typeof settingsSections)[number];

export const inbox: Route = { name: 'inbox', conversationId: null, messageId: null };

const toNumber = (part: string | undefined): number | null => (part && /^\d{1,15}$/.test(part) ? Number(part) : null);

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
};

/** Anything unknown is the inbox: a hash is as trustworthy as any text. */
export const parseRoute = (hash: string): Route => {
  const [name, first, second] = hash.replace(/^#\/?/, '').split('/');
  if (name === 'contacts') return { name };
  if (name === 'welcome' || name === 'pushes' || name === 'add-account') return { name };
  if (name === 'add-connection') return first === 'file' ? { name, isFromFile: true } : { name };
  if (name === 'search') return { name, query: decode(first ?? '') };
  if (name === 'settings') {
    return { name, section: settingsSections.find((section) => section === first) ?? 'general' };
  }
  const accountId = toNumber(first);
  if (name === 'account' && accountId !== null) return { name, accountId, tab: /^[a-z-]{1,40}$/.exec(second ?? '')?.[0] ?? '' };
  return { name: 'inbox', conversationId: toNumber(first), messageId: toNumber(second) };
};

export const formatRoute = (route: Route): string => {
  const parts: (string | number | null)[] = [route.name];
  if (route.name === 'inbox') parts.push(route.conversationId, route.messageId);
  if (route.name === 'search') parts.push(encodeURIComponent(route.query));
  if (route.name === 'add-connection' && route.isFromFile) parts.push('file');
  if (route.name === 'settings') parts.push(route.section);
  if (route.name === 'account') parts.push(route.accountId, route.tab || null);
  return `#/${parts.filter((part) => part !== null).join('/')}`;
};

export interface Router {
  readonly route: Readonly<Ref<Route>>;
  go(route: Route): void;
}

/** Follows the address bar both ways. Opening another conversation replaces the entry instead of piling up. */
export const createRouter = (): Router => {
  const route = shallowRef(parseRoute(location.hash));
  addEventListener('hashchange', () => {
    if (formatRoute(route.value) !== location.hash) route.value = parseRoute(location.hash);
  });
  return {
    route: readonly(route) as Readonly<Ref<Route>>,
    go: (next) => {
      const isSameScreen = next.name === route.value.name;
      route.value = next;
      if (isSameScreen) history.replaceState(null, '', formatRoute(next));
      else history.pushState(null, '', formatRoute(next));
    },
  };
};
