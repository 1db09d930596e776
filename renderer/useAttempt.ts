import { useFaultText } from './i18n/useFaultText.ts';
import { toRpcError } from './rpc/index.ts';
import { useToasts } from './ui/useToasts.ts';

/** Waits for work that a click began; what refuses it is told in a toast. Never throws. */
export const useAttempt = () => {
  const faultText = useFaultText();
  const toasts = useToasts();
  return async (work: Promise<unknown>): Promise<void> => {
    try {
      await work;
    } catch (thrown) {
      toasts.show({ text: faultText(toRpcError(thrown)), tone: 'problem' });
    }
  };
};
