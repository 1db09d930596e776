export * from './bridge.ts';
export * from './errors.ts';
export * from './events.ts';
