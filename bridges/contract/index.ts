export * from './bridge.ts';
export * from './contacts.ts';
export * from './diagnostics.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './forms.ts';
export type * from './room-data.ts';
export * from './rooms.ts';
export * from './services.ts';
