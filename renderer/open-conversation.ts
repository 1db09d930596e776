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
export const ConversationSettings = defineAsyncComponent(async () => (await fetchParts()).ConversationSettings);
export const RequestBar = defineAsyncComponent(async () => (await fetchParts()).RequestBar);
export const RoomCard = defineAsyncComponent(async () => (await fetchParts()).RoomCard);
export const RoomGate = defineAsyncComponent(async () => (await fetchParts()).RoomGate);

/** To be called soon after the list is painted. */
export const fetchConversation = (): void => void fetchParts().catch(() => undefined);
