import type { ProbeFinding, ProbeResult } from '#rpc';
import type { ConnectorContext } from '../connector.ts';
import { asArray, asId, asRecord, asText } from '../http/json-value.ts';
import { call, preferencesOf, versionOf } from './session.ts';

/** Rights a push needs, by model. */
const neededRights: Readonly<Record<string, readonly string[]>> = {
  'party.party': ['read', 'create'],
  'ir.note': ['read', 'create'],
  'ir.attachment': ['read', 'create'],
};

/** Signs in and checks modules and rights; each finding names what an administrator has to change. */
export async function probe(context: ConnectorContext): Promise<ProbeResult> {
  const version = asText(await versionOf(context));
  const preferences = await preferencesOf(context);
  const findings: ProbeFinding[] = [];
  const wantsLead = context.values['recordKind'] === 'lead';
  const models = [...Object.keys(neededRights), ...(wantsLead ? ['sale.opportunity'] : [])];
  const installed = await installedModels(context, models);
  for (const model of models) {
    if (!installed.has(model)) findings.push({ severity: 'error', code: 'module-missing', detail: moduleOf(model) });
  }
  const rights = asRecord(await call(context, 'model.ir.model.access.get_access', [...installed]));
  for (const model of installed) {
    const granted = asRecord(rights[model]);
    const missing = (neededRights[model] ?? ['read', 'create']).filter((right) => granted[right] !== true && granted[right] !== 1);
    if (missing.length > 0) findings.push({ severity: 'error', code: 'right-missing', detail: `${model}: ${missing.join(', ')}` });
  }
  if (wantsLead && asId(preferences['company']) === null) {
    findings.push({ severity: 'error', code: 'company-missing', detail: 'User preferences › Company' });
  }
  return {
    isUsable: findings.every(({ severity }) => severity !== 'error'),
    signedInAs: context.values['user'] ?? null,
    version,
    findings,
  };
}

async function installedModels(context: ConnectorContext, models: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = asArray(await call(context, 'model.ir.model.search_read', [['model', 'in', models]], 0, models.length, null, ['model']));
  return new Set(rows.map((row) => asText(asRecord(row)['model'])));
}

const moduleOf = (model: string): string => (model === 'sale.opportunity' ? 'sale_opportunity' : (model.split('.')[0] ?? model));
