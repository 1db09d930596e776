import type { Settings } from '#rpc';

/** Languages in which a push can be written. */
export type WordLocale = Exclude<Settings['locale'], 'system'>;

export interface SummaryCounts {
  readonly messages: number;
  readonly files: number;
  /** Edits and deletions of what was told before. */
  readonly changes: number;
  /** Most messages first. */
  readonly senders: readonly { readonly name: string; readonly messages: number }[];
  readonly from: string;
  readonly until: string;
}

const many = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`;
const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(', ');
const sendersOf = ({ senders }: SummaryCounts): string => senders.map(({ name, messages }) => `${name}: ${messages}`).join('; ');

/** What stands between names, times and texts of strangers in a note. */
export interface Words {
  readonly with: (title: string, ownName: string) => string;
  readonly deleted: (name: string, when: string) => string;
  readonly changed: (name: string, when: string) => string;
  readonly part: (number: number, count: number) => string;
  readonly lost: string;
  /** What stands in a note instead of the texts: how much was said, by whom, when. */
  readonly summary: (counts: SummaryCounts) => string;
  readonly tooLarge: (limit: string) => string;
  /** Kinds of records, as the connectors name them. */
  readonly records: Readonly<Record<string, string>>;
}

export const wordsOf: Readonly<Record<WordLocale, Words>> = {
  en: {
    with: (title, ownName) => `${title} with ${ownName}`,
    deleted: (name, when) => `${name} deleted the message of ${when}`,
    changed: (name, when) => `${name} changed the message of ${when} to: `,
    part: (number, count) => `part ${number}/${count}`,
    summary: (counts) => `Summary: ${joined(many(counts.messages, 'message', 'messages'), counts.files > 0 ? many(counts.files, 'file', 'files') : '', counts.changes > 0 ? many(counts.changes, 'change', 'changes') : '')}, ${counts.from} – ${counts.until}\n${sendersOf(counts)}`,
    lost: 'not attached: no longer available',
    tooLarge: (limit) => `not attached: larger than ${limit}`,
    records: { party: 'party', task: 'task', employee: 'employee', lead: 'lead', ticket: 'ticket', issue: 'issue', folder: 'folder', conversation: 'conversation', contact: 'contact', deal: 'deal', person: 'person', case: 'case', opportunity: 'opportunity' },
  },
  es: {
    with: (title, ownName) => `${title} con ${ownName}`,
    deleted: (name, when) => `${name} eliminó el mensaje del ${when}`,
    changed: (name, when) => `${name} cambió el mensaje del ${when} a: `,
    part: (number, count) => `parte ${number}/${count}`,
    summary: (counts) => `Resumen: ${joined(many(counts.messages, 'mensaje', 'mensajes'), counts.files > 0 ? many(counts.files, 'archivo', 'archivos') : '', counts.changes > 0 ? many(counts.changes, 'cambio', 'cambios') : '')}, ${counts.from} – ${counts.until}\n${sendersOf(counts)}`,
    lost: 'no adjuntado: ya no está disponible',
    tooLarge: (limit) => `no adjuntado: supera ${limit}`,
    records: { party: 'tercero', task: 'tarea', employee: 'empleado', lead: 'oportunidad', ticket: 'tique', issue: 'petición', folder: 'carpeta', conversation: 'conversación', contact: 'contacto', deal: 'negocio', person: 'persona', case: 'caso', opportunity: 'oportunidad' },
  },
  et: {
    with: (title, ownName) => `${title} ja ${ownName}`,
    deleted: (name, when) => `${name} kustutas sõnumi (${when})`,
    changed: (name, when) => `${name} muutis sõnumit (${when}): `,
    part: (number, count) => `osa ${number}/${count}`,
    summary: (counts) => `Kokkuvõte: ${joined(many(counts.messages, 'sõnum', 'sõnumit'), counts.files > 0 ? many(counts.files, 'fail', 'faili') : '', counts.changes > 0 ? many(counts.changes, 'muudatus', 'muudatust') : '')}, ${counts.from} – ${counts.until}\n${sendersOf(counts)}`,
    lost: 'pole lisatud: pole enam saadaval',
    tooLarge: (limit) => `pole lisatud: suurem kui ${limit}`,
    records: { party: 'osapool', task: 'ülesanne', employee: 'töötaja', lead: 'müügivihje', ticket: 'pilet', issue: 'teema', folder: 'kaust', conversation: 'vestlus', contact: 'kontakt', deal: 'tehing', person: 'isik', case: 'juhtum', opportunity: 'müügivõimalus' },
  },
};

const locales = Object.keys(wordsOf) as readonly WordLocale[];
const isWordLocale = (language: string | undefined): language is WordLocale => locales.some((locale) => locale === language);

/** The language of a person's setting; `system` asks the computer, and what we do not speak becomes English. */
export function wordLocaleOf(setting: Settings['locale'], systemLocale = Intl.DateTimeFormat().resolvedOptions().locale): WordLocale {
  if (setting !== 'system') return setting;
  const [language] = systemLocale.toLowerCase().split('-');
  return isWordLocale(language) ? language : 'en';
}

/**
 * How many characters the longest of our languages needs beyond this one. Counted along where notes are cut, so that
 * the cuts, and with them the keys of the notes, are the same whatever language a device speaks.
 */
export function spareChars(locale: WordLocale, say: (words: Words) => string): number {
  const longest = Math.max(...locales.map((one) => say(wordsOf[one]).length));
  return longest - say(wordsOf[locale]).length;
}
