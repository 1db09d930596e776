import { Violation, require } from './contract-server.ts';

export type OdooRow = Record<string, unknown> & { id: number };

/** `text`, `html`, `binary`, `integer`, `boolean` are themselves; `many2one:model` holds a number. */
type FieldKind = 'text' | 'html' | 'binary' | 'integer' | 'boolean' | 'selection' | `many2one:${string}` | `many2many:${string}`;

/** What Odoo 19 Community has of each model, as far as anybody here asks (`mobile` of contacts went in 18.2). */
export const odooModels: Readonly<Record<string, Readonly<Record<string, FieldKind>>>> = {
  'res.users': { login: 'text', name: 'text', active: 'boolean' },
  'res.partner': { name: 'text', email: 'text', phone: 'text', comment: 'html', user_id: 'many2one:res.users', active: 'boolean' },
  'crm.stage': { name: 'text' },
  'crm.lead': { name: 'text', stage_id: 'many2one:crm.stage', user_id: 'many2one:res.users', priority: 'selection', probability: 'integer', contact_name: 'text', email_from: 'text', phone: 'text', partner_id: 'many2one:res.partner', active: 'boolean' },
  'project.project': { name: 'text', active: 'boolean' },
  'project.task.type': { name: 'text', fold: 'boolean' },
  'project.task': { name: 'text', stage_id: 'many2one:project.task.type', user_ids: 'many2many:res.users', priority: 'selection', partner_id: 'many2one:res.partner', project_id: 'many2one:project.project', active: 'boolean' },
  'hr.employee': { name: 'text', work_email: 'text', work_phone: 'text', mobile_phone: 'text', active: 'boolean' },
  'mail.message.subtype': { name: 'text', internal: 'boolean' },
  'mail.message': { model: 'text', res_id: 'integer', body: 'html', message_type: 'text', subtype_id: 'many2one:mail.message.subtype' },
  'ir.attachment': { name: 'text', datas: 'binary', description: 'text', res_model: 'text', res_id: 'integer', checksum: 'text' },
};

/** Required by their tables: a row without it is refused. */
export const requiredFields: Readonly<Record<string, string>> = {
  'res.partner': 'name',
  'crm.lead': 'name',
  'project.task': 'name',
  'hr.employee': 'name',
  'ir.attachment': 'name',
};

/** Rows by model, and a reader of Odoo's search domains. */
export class OdooTables {
  readonly #rows = new Map<string, OdooRow[]>();
  #lastId = 100;

  rows(model: string): OdooRow[] {
    const rows = this.#rows.get(model) ?? [];
    this.#rows.set(model, rows);
    return rows;
  }

  add(model: string, values: Readonly<Record<string, unknown>>): OdooRow {
    const hasActive = 'active' in (odooModels[model] ?? {});
    const row = { ...(hasActive ? { active: true } : {}), ...values, id: (this.#lastId += 1) };
    this.rows(model).push(row);
    return row;
  }

  remove(model: string, ids: readonly unknown[]): void {
    this.#rows.set(model, this.rows(model).filter(({ id }) => !ids.includes(id)));
  }

  search(model: string, domain: readonly unknown[], seesArchived: boolean): OdooRow[] {
    const asksActive = domain.some((term) => Array.isArray(term) && term[0] === 'active');
    return this.rows(model).filter((row) => (seesArchived || asksActive || row['active'] !== false) && this.#matches(model, row, domain));
  }

  /** Polish notation, with an `&` understood between terms. */
  #matches(model: string, row: OdooRow, domain: readonly unknown[]): boolean {
    const stack: boolean[] = [];
    for (const term of [...domain].reverse()) {
      if (term === '|' || term === '&') {
        const [a, b] = [stack.pop(), stack.pop()];
        require(a !== undefined && b !== undefined, `the domain has too few terms for ${term}`);
        stack.push(term === '|' ? a || b : a && b);
      } else stack.push(this.#holds(model, row, term));
    }
    return stack.every(Boolean);
  }

  #holds(model: string, row: OdooRow, term: unknown): boolean {
    require(Array.isArray(term) && term.length === 3 && typeof term[0] === 'string', `no term of a domain: ${JSON.stringify(term)}`);
    const [path, operator, wanted] = term as [string, unknown, unknown];
    const value = this.#valueAt(model, row, path.split('.'));
    if (operator === '=') return value === wanted || (wanted === false && (value === undefined || value === ''));
    if (operator === '<') return Number(value ?? 0) < Number(wanted);
    if (operator === 'in') return Array.isArray(wanted) && wanted.includes(value);
    require(operator === 'ilike' || operator === '=ilike', `no operator of a domain: ${String(operator)}`);
    require(typeof wanted === 'string', 'ilike wants text');
    return like(operator === 'ilike' ? `%${wanted}%` : wanted).test(String(value ?? ''));
  }

  #valueAt(model: string, row: OdooRow, [field = '', ...more]: readonly string[]): unknown {
    if (field === 'id') return row.id;
    const kind = odooModels[model]?.[field];
    if (kind === undefined) throw new Violation(`Invalid field ${model}.${field} in condition`);
    if (more.length === 0) return row[field];
    const target = kind.split(':')[1] ?? '';
    const found = this.rows(target).find(({ id }) => id === row[field]);
    return found === undefined ? undefined : this.#valueAt(target, found, more);
  }
}

/** `%` is any text, `_` any sign, a backslash takes the next one as it is. */
function like(pattern: string): RegExp {
  const body = pattern.replace(/\\(.)|([%_])|([^\\%_])/gs, (_whole, kept?: string, wild?: string, plain?: string) =>
    wild === undefined ? (kept ?? plain ?? '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : wild === '%' ? '[^]*' : '[^]',
  );
  return new RegExp(`^${body}$`, 'i');
}
