import { useI18n } from 'vue-i18n';
import { useEngine, type AuditRow } from '../../rpc/index.ts';
import { toCsv } from '../../ui/csv.ts';
import { saveText } from '../../ui/save-text.ts';
import { useAttempt } from '../../useAttempt.ts';

const pageSize = 500;

/** Saves what was written where, when and by which account as a table: all there is, oldest first. */
export const usePushLog = (): { readonly save: () => Promise<void> } => {
  const { t } = useI18n();
  const engine = useEngine();
  const attempt = useAttempt();

  const readAll = async (): Promise<readonly AuditRow[]> => {
    const rows: AuditRow[] = [];
    for (;;) {
      const page = await engine.call('crm.audit', { beforeId: rows.at(-1)?.id ?? null, limit: pageSize });
      rows.push(...page);
      if (page.length < pageSize) return rows.reverse();
    }
  };
  const save = async (): Promise<void> => {
    const rows = await readAll();
    const heads = (['when', 'account', 'conversation', 'action', 'connection', 'kind', 'record', 'detail'] as const).map((head) => t(`pushLog.head.${head}`));
    const lines = rows.map((row) => [
      new Date(row.atMs).toISOString(),
      row.account,
      row.conversationTitle,
      t(`pushLog.action.${row.action}`),
      row.connectionName,
      row.recordKind,
      row.recordId,
      row.detail,
    ]);
    // With the mark that table programs need to see UTF-8.
    saveText(`${t('pushLog.file')}.csv`, `\ufeff${toCsv(heads, lines)}`);
  };
  return { save: () => attempt(save()) };
};
