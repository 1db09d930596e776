import { useI18n } from 'vue-i18n';
import { useFormat } from './useFormat.ts';

/** What a refusal carries; both the engine's errors and a bridge's faults fit. */
export interface FaultLike {
  readonly code: string;
  readonly detail?: string | undefined;
  readonly server?: string | undefined;
  readonly retryAtMs?: number | undefined;
  readonly limitBytes?: number | undefined;
}

/** One clear sentence per code, with what to do; the technical words stay in `detail`. */
export const useFaultText = () => {
  const { t, te } = useI18n();
  const format = useFormat();
  return (fault: FaultLike): string => {
    const hasWait = fault.code === 'wrong-passphrase' && fault.retryAtMs !== undefined;
    const code = hasWait ? 'wrong-passphrase-wait' : fault.code;
    const key = te(`fault.${code}`) || te(`fault.${code}`, 'en') ? `fault.${code}` : 'fault.unknown';
    return t(key, {
      code: fault.code,
      server: fault.server ?? '',
      time: fault.retryAtMs === undefined ? '…' : format.time(fault.retryAtMs),
      limit: fault.limitBytes === undefined ? '…' : format.size(fault.limitBytes),
    })
      .replace(/[ ]{2,}/gu, ' ')
      .replace(' “”', '');
  };
};
