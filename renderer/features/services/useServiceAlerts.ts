import { shallowRef, watch, type Ref } from 'vue';
import { useEvent, useQuery, type ServiceAlertRow } from '../../rpc/index.ts';

/** What is wrong with networks behind bridges, as the engine knows it now. */
export const useServiceAlerts = (): Readonly<Ref<readonly ServiceAlertRow[]>> => {
  const alerts = shallowRef<readonly ServiceAlertRow[]>([]);
  const { data } = useQuery('services.alerts', () => ({}));
  watch(data, (now) => now && (alerts.value = now));
  useEvent('alerts.changed', (news) => (alerts.value = news.alerts));
  return alerts;
};
