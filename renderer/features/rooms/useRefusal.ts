import { useI18n } from 'vue-i18n';
import type { RpcError } from '../../rpc/index.ts';
import { useFaultText } from '../../i18n/useFaultText.ts';
import { refusalKey } from './room-text.ts';

/** Why a room did not do as asked, in words; undefined: nothing was refused. */
export const useRefusal = (): ((error: RpcError | null) => string | undefined) => {
  const { t } = useI18n();
  const faultText = useFaultText();
  return (error) => {
    if (error === null) return undefined;
    const key = refusalKey(error);
    return key === null ? faultText(error) : t(key);
  };
};
