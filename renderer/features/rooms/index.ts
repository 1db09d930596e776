/** The door of this feature. */
export { default as ConversationSettings } from './ConversationSettings.vue';
export { default as RoomCard } from './RoomCard.vue';
export { default as RoomGate } from './RoomGate.vue';
