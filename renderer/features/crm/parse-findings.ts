import type { ProbeFinding } from '../../rpc/index.ts';

const severities: ReadonlySet<unknown> = new Set(['error', 'warning', 'info']);

/** A refused `crm.connect` carries its findings as JSON in the error's detail; anything else is no list. */
export const parseFindings = (detail: string | undefined): readonly ProbeFinding[] => {
  if (!detail?.startsWith('[') && !detail?.startsWith('{')) return [];
  try {
    const parsed = JSON.parse(detail) as unknown;
    const list: unknown = Array.isArray(parsed) ? parsed : (parsed as { findings?: unknown }).findings;
    if (!Array.isArray(list)) return [];
    return list.filter(
      (item): item is ProbeFinding =>
        typeof item === 'object' && item !== null && 'code' in item && 'severity' in item && severities.has(item.severity),
    );
  } catch {
    return [];
  }
};
