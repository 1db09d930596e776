import { defineAsyncComponent, type Component } from 'vue';

/** A part of the account page, brought by a feature. It gets `account` and may emit `open` with a conversation id. */
export interface AccountTab {
  readonly id: string;
  /** The ability that the running session must have; null: always there. */
  readonly needs: string | null;
  readonly component: Component;
}

/** In the order in which they stand; their names are `accountPage.tab.<id>`. */
export const accountTabs: readonly AccountTab[] = [
  { id: 'profile', needs: 'profiles', component: defineAsyncComponent(() => import('./features/people/OwnProfileTab.vue')) },
  { id: 'services', needs: 'services', component: defineAsyncComponent(() => import('./features/services/ServiceBrowser.vue')) },
  { id: 'blocked', needs: 'blocking', component: defineAsyncComponent(() => import('./features/people/BlockedTab.vue')) },
  { id: 'encryption', needs: 'encryption', component: defineAsyncComponent(() => import('./features/encryption/EncryptionTab.vue')) },
  { id: 'archive', needs: 'archiveRule', component: defineAsyncComponent(() => import('./features/archive/ArchiveTab.vue')) },
  { id: 'connection', needs: 'diagnostics', component: defineAsyncComponent(() => import('./features/diagnostics/ConnectionTab.vue')) },
  { id: 'console', needs: 'diagnostics', component: defineAsyncComponent(() => import('./features/diagnostics/ConsoleTab.vue')) },
];
