import { useI18n } from 'vue-i18n';
import type { RoomHappening } from '#model';
import { visibleText } from '../../ui/visible-text.ts';

/** What a system line tells, in the chosen language. */
export const useHappening = (): ((happening: RoomHappening) => string) => {
  const { t } = useI18n();
  return ({ kind, isSelf, name, by, reason, alternative }) => {
    const values = { name: visibleText(name ?? ''), by: visibleText(by ?? ''), alternative: visibleText(alternative ?? '') };
    const who = isSelf && kind !== 'closed' && kind !== 'moderated' ? 'Self' : '';
    const more = by !== undefined && kind !== 'removed' && kind !== 'closed' ? 'By' : kind === 'closed' && alternative !== undefined ? 'For' : '';
    const line = t(`rooms.happening.${kind}${who}${more}`, values);
    return reason === undefined ? line : `${line}: ${visibleText(reason)}`;
  };
};
