import { useI18n } from 'vue-i18n';
import type { ServiceAlertRow } from '../../rpc/index.ts';
import { useFormat } from '../../i18n/useFormat.ts';
import { visibleText } from '../../ui/visible-text.ts';
import { useNetworkName } from '../../useNetworkName.ts';

/** One sentence on what is wrong with a network, since when, and what that means. */
export const useAlertText = (): ((alert: ServiceAlertRow) => string) => {
  const { t } = useI18n();
  const format = useFormat();
  const nameOf = useNetworkName();
  return ({ kind, network, name, sinceMs }) =>
    t(`services.alert.${kind}`, { network: nameOf(network), name: name === '' ? '' : ` (${visibleText(name)})`, time: format.sinceWhen(sinceMs) });
};
