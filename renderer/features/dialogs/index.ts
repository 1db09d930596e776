/** The door of this feature: other features open dialogs of theirs with the same sheet. */
export { default as DialogSheet } from './DialogSheet.vue';
export { default as FindPeople } from './FindPeople.vue';
