import type { ReportFact, ReportSection } from '../../rpc/index.ts';

/** Values that are words of ours, and so have a translation. */
const reportWords = ['yes', 'no', 'none', 'online', 'offline', 'tcp', 'websocket'] as const;
export const isReportWord = (value: string): value is (typeof reportWords)[number] =>
  (reportWords as readonly string[]).includes(value);

/** Of whom the report is: left out where a person wishes so. */
const personal = new Set(['endpoint', 'address', 'domain', 'resource', 'certificateIssuer']);
const isPersonal = ({ id }: ReportFact): boolean => personal.has(id) || id.startsWith('contact-');

/** `xep-0313` → `XEP-0313`; null for facts that are no extension. */
export const xepOf = ({ id }: ReportFact): string | null => (id.startsWith('xep-') ? id.toUpperCase() : null);
export const xepUrl = ({ id }: ReportFact): string => `https://xmpp.org/extensions/${id}.html`;

export interface ReportWords {
  readonly section: (id: string) => string;
  readonly label: (fact: ReportFact) => string;
  readonly value: (fact: ReportFact) => string;
  readonly why: (fact: ReportFact) => string | null;
}

/** Plain text for a support ticket. */
export const reportAsText = (sections: readonly ReportSection[], words: ReportWords, isAnonymous: boolean): string =>
  sections
    .map((section) => ({ ...section, facts: section.facts.filter((fact) => !isAnonymous || !isPersonal(fact)) }))
    .filter(({ facts }) => facts.length > 0)
    .map(({ id, facts }) => {
      const lines = facts.map((fact) => {
        const why = words.why(fact);
        return `  ${words.label(fact)}: ${words.value(fact)}${why === null ? '' : ` (${why})`}`;
      });
      return `${words.section(id)}\n${lines.join('\n')}\n`;
    })
    .join('\n');
