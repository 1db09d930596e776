import { useEngine, type ConversationRow } from '../../rpc/index.ts';
import { useAttempt } from '../../useAttempt.ts';
import { waitsForUs } from './list-line.ts';

export type Decision = 'accept' | 'leave';

/** Accepting or declining a request or invitation; what refuses is told. Nothing happens to what is decided already. */
export const useDecision = () => {
  const engine = useEngine();
  const attempt = useAttempt();
  return async (row: ConversationRow, decision: Decision): Promise<void> => {
    if (!waitsForUs(row)) return;
    await attempt(engine.call(`conversations.${decision}`, { id: row.id }));
  };
};
