import type { BridgeDefinition } from '#bridge';
import type { AppInfo, NetworkInfo } from '#rpc';
import type { Activity } from '../../accounts/activity.ts';
import type { Supervisor } from '../../accounts/supervisor.ts';
import type { CrmService } from '../../crm/index.ts';
import type { SettingsService } from '../../settings/settings.ts';
import type { Vault } from '../../vault/vault.ts';
import type { DomainHandlers } from '../handlers.ts';

export interface AppHandlerDeps {
  readonly version: string;
  readonly host: AppInfo['host'];
  readonly bridges: readonly BridgeDefinition[];
  readonly vault: Vault;
  readonly settings: SettingsService;
  readonly supervisor: Supervisor;
  readonly activity: Activity;
  readonly crm: Pick<CrmService, 'connections'>;
}

const toNetworkInfo = ({ id, network, name, loginFlows, signUp, signInOnWeb }: BridgeDefinition): NetworkInfo => ({
  bridgeId: id,
  network,
  name,
  loginFlows: loginFlows.map((flow) => ({ id: flow.id, fields: flow.fields.map(({ kept: _kept, ...field }) => field) })),
  canSignUp: signUp !== undefined,
  canSignInOnWeb: signInOnWeb !== undefined,
});

export const createAppHandlers = (deps: AppHandlerDeps): DomainHandlers<'app'> & DomainHandlers<'settings'> => ({
  'app.start': () => ({
    version: deps.version,
    protection: deps.vault.protection(),
    host: deps.host,
    settings: deps.settings.get(),
    networks: deps.bridges.map(toNetworkInfo),
    accounts: deps.supervisor.rows(),
    connections: deps.crm.connections(),
  }),
  'app.setActive': ({ isActive }, client) => {
    deps.activity.set(client, isActive);
    return { isSet: true };
  },
  'settings.set': ({ patch }) => deps.settings.set(patch),
});
