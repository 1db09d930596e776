import type { InjectionKey, Ref } from 'vue';
import type { ConversationCapabilities } from '#model';

/** What the open conversation allows, for parts of a message that few messages have. */
export const rulesKey: InjectionKey<Readonly<Ref<ConversationCapabilities | null>>> = Symbol('rules');

/** The account of the open conversation has no connection: what is said in it waits. */
export const offlineKey: InjectionKey<Readonly<Ref<boolean>>> = Symbol('offline');
