import type { InjectionKey, Ref } from 'vue';
import type { ConversationCapabilities } from '#model';

/** What the open conversation allows, for parts of a message that few messages have. */
export const rulesKey: InjectionKey<Readonly<Ref<ConversationCapabilities | null>>> = Symbol('rules');
