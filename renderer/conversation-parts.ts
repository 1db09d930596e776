/** What an open conversation is made of, in one file of the build: `open-conversation.ts` fetches it. */
export { default as ConversationPane } from './features/conversation/ConversationPane.vue';
export { default as MessageComposer } from './features/composer/MessageComposer.vue';
export { default as CrmCard } from './features/crm/CrmCard.vue';
export { ConversationSettings, RoomCard, RoomGate } from './features/rooms/index.ts';
export { default as PersonPanel } from './features/people/PersonPanel.vue';
export { default as RequestBar } from './features/people/RequestBar.vue';
