import { BridgeError, type Dialog, type DialogAction, type DialogStep, type Form, type FormTable, type FormValues } from '#bridge';
import { dataFormIn, readDataForm } from '../extensions/0004-data-forms.ts';
import { discoInfoQuery, readDiscoInfo } from '../extensions/0030-service-discovery.ts';
import { readLegacyResults, searchQuery } from '../extensions/0055-search.ts';
import { hasMore, readBounds, resultSet, type PageBounds, type PagePlace } from '../extensions/0059-result-sets.ts';
import { legacyForm, submitQuery } from '../extensions/0077-in-band-registration.ts';
import { ns } from '../namespaces.ts';
import type { XmlElement } from '../stream/xml/element.ts';
import { ask, patientDeadlineMs, quickDeadlineMs, serviceAddress } from './ask.ts';
import type { DialogOpener, ServiceContext } from './service-context.ts';

const legacyFields = ['first', 'last', 'nick', 'email'];
const pageSize = 50;

/** Looks for people in a directory; the form stays, so that one can search again, and turn pages (XEP-0055, 0059). */
class SearchDialog implements Dialog {
  readonly #context: ServiceContext;
  readonly #to: string;
  readonly #form: Form;
  readonly #isDataForm: boolean;
  readonly #isPaged: boolean;
  readonly first: DialogStep;
  /** What the page that is shown is about. */
  #values: FormValues = {};
  #bounds: PageBounds | null = null;
  #pageNumber = 0;

  constructor(context: ServiceContext, to: string, asked: XmlElement, isPaged: boolean) {
    const query = queryIn(asked, to);
    const dataForm = dataFormIn(query);
    this.#context = context;
    this.#to = to;
    this.#form = dataForm === undefined ? legacyForm(query, legacyFields) : readDataForm(dataForm);
    this.#isDataForm = dataForm !== undefined;
    this.#isPaged = isPaged;
    this.first = { state: 'open', form: this.#form, notes: [], actions: ['complete'] };
  }

  async answer(action: DialogAction, values: FormValues, signal: AbortSignal): Promise<DialogStep> {
    if (action === 'cancel') return { state: 'done', form: null, notes: [], actions: [] };
    // Other words are another search, whatever was pressed.
    const isOther = JSON.stringify(Object.entries(values).sort()) !== JSON.stringify(Object.entries(this.#values).sort());
    const place = isOther ? undefined : this.#placeOf(action);
    const pageNumber = place === undefined ? 0 : this.#pageNumber + ('after' in place ? 1 : -1);
    const found = await this.#ask(values, place, signal);
    this.#values = values;
    this.#pageNumber = pageNumber;
    this.#bounds = this.#isPaged ? readBounds(found) : null;
    return this.#step(resultsIn(found));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #placeOf(action: DialogAction): PagePlace | undefined {
    const { first, last } = this.#bounds ?? {};
    if (action === 'next' && last != null) return { after: last };
    return action === 'previous' && first != null && this.#pageNumber > 0 ? { before: first } : undefined;
  }

  async #ask(values: FormValues, place: PagePlace | undefined, signal: AbortSignal): Promise<XmlElement> {
    const payload = submitQuery(ns.search, this.#form, this.#isDataForm, values);
    if (this.#isPaged) payload.append(resultSet(pageSize, place));
    const answer = await ask(this.#context.request, { type: 'set', to: this.#to, payload, deadlineMs: patientDeadlineMs }, signal);
    return queryIn(answer, this.#to);
  }

  #step(table: FormTable): DialogStep {
    const isEmpty = table.rows.length === 0;
    const fields = this.#form.fields.map((field) => ({ ...field, values: Object.hasOwn(this.#values, field.name) ? (this.#values[field.name] ?? []) : field.values }));
    const isMore = this.#bounds !== null && hasMore(this.#bounds, table.rows.length, pageSize);
    return {
      state: 'open',
      form: { ...this.#form, fields, ...(isEmpty ? {} : { table }) },
      notes: isEmpty ? [{ kind: 'info', text: '', code: 'nothing-found' }] : [],
      actions: ['complete', ...(isMore ? (['next'] as const) : []), ...(this.#pageNumber > 0 ? (['previous'] as const) : [])],
    };
  }
}

/** A search at an address. */
export const openSearch: DialogOpener<{ readonly address: string }> = async ({ address }, context, signal) => {
  const to = serviceAddress(address);
  const quickly = { type: 'get', to, deadlineMs: quickDeadlineMs } as const;
  const [asked, { features }] = await Promise.all([
    ask(context.request, { ...quickly, payload: searchQuery() }, signal),
    ask(context.request, { ...quickly, payload: discoInfoQuery() }, signal).then(readDiscoInfo, () => ({ features: new Set<string>() })),
  ]);
  return new SearchDialog(context, to, asked, features.has(ns.resultSet));
};

function queryIn(answer: XmlElement, server: string): XmlElement {
  const query = answer.child('query', ns.search);
  if (query === undefined) throw new BridgeError('server-incompatible', { server });
  return query;
}

function resultsIn(query: XmlElement): FormTable {
  const dataForm = dataFormIn(query);
  return dataForm === undefined ? readLegacyResults(query) : (readDataForm(dataForm).table ?? { columns: [], rows: [] });
}
