/** The door of this room: everything a feature needs to talk to the engine, types included. */
export * from './engine-client.ts';
export * from './shell.ts';
export * from './useCommand.ts';
export * from './useEngine.ts';
export * from './useEvent.ts';
export * from './useQuery.ts';
export * from './useSession.ts';
export * from './useVaultGate.ts';
export * from './upload-file.ts';
export { fromColumns, fromMessageColumns, limitOfFile } from '#rpc';
export type * from '#rpc';
