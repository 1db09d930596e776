export * from './columns.ts';
export * from './crm.ts';
export * from './host.ts';
export * from './networks.ts';
export * from './rows.ts';
export * from './rpc.ts';
export * from './shell.ts';
export * from './wire.ts';
