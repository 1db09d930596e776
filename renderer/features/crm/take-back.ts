import type { ConnectorInfo, PushRow } from '../../rpc/index.ts';

/** Whether there is still something of a push over there, and a connection to reach it. */
export const canAskToTakeBack = (push: PushRow, connectionIds: ReadonlySet<number>): boolean =>
  push.state === 'done' && !push.isTakenBack && connectionIds.has(push.connectionId);

export const isRemovable = ({ notes, files }: ConnectorInfo['canTakeBack']): boolean => notes || files;

/** Key of the sentence that says what goes and what is kept, for the product at hand. */
export const takeBackTextKey = ({ notes, files }: ConnectorInfo['canTakeBack']): string => {
  if (notes && files) return 'queue.takeBackAll';
  if (notes) return 'queue.takeBackNotes';
  return files ? 'queue.takeBackFiles' : 'queue.takeBackNone';
};
