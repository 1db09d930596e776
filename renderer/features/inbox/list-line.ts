import type { ConversationRow } from '../../rpc/index.ts';
import { visibleText } from '../../ui/visible-text.ts';

/** Row heights of the list in pixels: fixed, so that nothing has to be measured while scrolling. */
export const rowHeightPx = { plain: 62, withTags: 82 } as const;

export const hasTags = (row: ConversationRow): boolean =>
  row.pushTag !== null || row.hasDraft || row.membership !== 'joined' || row.security === 'encrypted' || row.isMuted || row.isPinned || row.isDone;

/** Somebody asks or invites, and we did not decide. */
export const waitsForUs = ({ membership }: ConversationRow): boolean => membership === 'invited' || membership === 'requested';

export const rowHeight = (row: ConversationRow | undefined): number =>
  row && hasTags(row) ? rowHeightPx.withTags : rowHeightPx.plain;

type Translate = (key: string, values?: Record<string, unknown>) => string;

/** The second line of a row: what was said last, and by whom where that is not plain. */
export const lastLine = (row: ConversationRow, t: Translate): { readonly text: string; readonly isQuiet: boolean } => {
  if (row.membership === 'invited') return { text: t('chat.invitedText'), isQuiet: true };
  if (row.lastKind === 'none') return { text: t('list.noMessages'), isQuiet: true };
  if (row.lastKind === 'deleted') return { text: t('list.deleted'), isQuiet: true };
  if (row.lastKind === 'unreadable') return { text: t('chat.unreadable'), isQuiet: true };
  const said = visibleText(row.lastText);
  const text = row.lastKind === 'file' ? t('list.file', { name: said }) : said;
  if (row.lastIsOwn) return { text: t('list.youPrefix', { text }), isQuiet: false };
  if (row.kind !== 'direct' && row.lastSenderName) return { text: `${visibleText(row.lastSenderName)}: ${text}`, isQuiet: false };
  return { text, isQuiet: row.lastKind === 'system' };
};
