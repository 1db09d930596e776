/**
 * SQL that is true of a row of `pushes` when everything it wrote was taken back. Records of people do not count:
 * they stay, others may have worked with them.
 */
export const isTakenBack = `(EXISTS (SELECT 1 FROM crm_ops WHERE push_id = pushes.id AND state = 'withdrawn')
  AND NOT EXISTS (SELECT 1 FROM crm_ops WHERE push_id = pushes.id AND state = 'done' AND role IN ('note', 'file')))`;
