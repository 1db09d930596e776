import type { CommandInfo, ServiceDetail } from '#model';
import type { AccountId } from '../networks.ts';

/** Gateways, bots and services behind an account. They may take seconds: others are asked. */
export interface ServiceMethods {
  /** The account's server and what it lists, gateways first. */
  'services.list': (input: { readonly accountId: AccountId }) => readonly ServiceDetail[];
  'services.inspect': (input: {
    readonly accountId: AccountId;
    readonly address: string;
    readonly node: string | null;
  }) => ServiceDetail;
  'services.commands': (input: { readonly accountId: AccountId; readonly address: string }) => readonly CommandInfo[];
}
