import { defineAsyncComponent } from 'vue';

const fetchParts = () => import('./conversation-parts.ts');

/**
 * The first picture is the list: what an open conversation needs is fetched right after it (`fetchConversation`), long
 * before anybody has clicked, and keeps nobody waiting.
 */
export const ConversationPane = defineAsyncComponent(async () => (await fetchParts()).ConversationPane);
export const MessageComposer = defineAsyncComponent(async () => (await fetchParts()).MessageComposer);
export const CrmCard = defineAsyncComponent(async () => (await fetchParts()).CrmCard);
export const PersonPanel = defineAsyncComponent(async () => (await fetchParts()).PersonPanel);

/** To be called when the list is painted. */
export const fetchConversation = (): void => void fetchParts().catch(() => undefined);
