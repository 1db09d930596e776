import { useI18n } from 'vue-i18n';
import { useSession } from './rpc/index.ts';
import { networkName } from './ui/network-marks.ts';

/** What a network is called: by its proper name, and the sample network in the person's own words. */
export const useNetworkName = (): ((network: string) => string) => {
  const { t, te } = useI18n();
  const session = useSession();
  return (network) => {
    const key = `account.networkName.${network}`;
    if (te(key, 'en')) return t(key);
    return session.networks.find((info) => info.network === network)?.name ?? networkName(network);
  };
};
