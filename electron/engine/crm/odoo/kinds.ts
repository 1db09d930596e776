/** What Odoo calls the records that we write to. */
export interface Kind {
  /** Our word, as it stands in `RemoteRef.kind`. */
  readonly kind: string;
  readonly model: string;
  /** The first one that this version has takes a new number; all are looked into. */
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  /** Where a handle of a network is written, in words. */
  readonly remark: string | null;
}

export const contactKind: Kind = { kind: 'contact', model: 'res.partner', phones: ['mobile', 'phone'], emails: ['email'], remark: 'comment' };
export const employeeKind: Kind = { kind: 'employee', model: 'hr.employee', phones: ['mobile_phone', 'work_phone'], emails: ['work_email'], remark: null };
export const leadKind: Kind = { kind: 'lead', model: 'crm.lead', phones: ['mobile', 'phone'], emails: ['email_from'], remark: null };
export const taskKind: Kind = { kind: 'task', model: 'project.task', phones: [], emails: [], remark: null };

const kinds: readonly Kind[] = [contactKind, employeeKind, leadKind, taskKind];

export const modelOf = (kind: string): string => kinds.find((one) => one.kind === kind)?.model ?? contactKind.model;

/** The container that the connection asks for; null: notes stand on the contact itself. */
export function containerKindOf(values: Readonly<Record<string, string>>): Kind | null {
  if (values['recordKind'] === 'lead') return leadKind;
  return values['recordKind'] === 'task' ? taskKind : null;
}
