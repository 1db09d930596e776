import { BridgeError, type DialogStep, type Form, type FormTable, type FormValues } from '#bridge';
import { dataFormIn, readDataForm } from '../extensions/0004-data-forms.ts';
import { readLegacyResults, searchQuery } from '../extensions/0055-search.ts';
import { legacyForm, submitQuery } from '../extensions/0077-in-band-registration.ts';
import { ns } from '../namespaces.ts';
import type { XmlElement } from '../stream/xml/element.ts';
import { ask, patientDeadlineMs, quickDeadlineMs, serviceAddress } from './ask.ts';
import { plainDialog } from './plain-dialog.ts';
import type { DialogOpener } from './service-context.ts';

const legacyFields = ['first', 'last', 'nick', 'email'];

/** Looks for people in a directory; the form stays, so that one can search again (XEP-0055). */
export const openSearch: DialogOpener<{ readonly address: string }> = async ({ address }, context, signal) => {
  const to = serviceAddress(address);
  const asked = await ask(context.request, { type: 'get', to, payload: searchQuery(), deadlineMs: quickDeadlineMs }, signal);
  const query = queryIn(asked, to);
  const dataForm = dataFormIn(query);
  const form = dataForm === undefined ? legacyForm(query, legacyFields) : readDataForm(dataForm);

  const answer = async (values: FormValues, answerSignal: AbortSignal): Promise<DialogStep> => {
    const payload = submitQuery(ns.search, form, dataForm !== undefined, values);
    const found = queryIn(await ask(context.request, { type: 'set', to, payload, deadlineMs: patientDeadlineMs }, answerSignal), to);
    return foundStep(form, values, resultsIn(found));
  };
  return plainDialog({ state: 'open', form, notes: [], actions: ['complete'] }, answer);
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

function foundStep(form: Form, values: FormValues, table: FormTable): DialogStep {
  const fields = form.fields.map((field) => ({ ...field, values: Object.hasOwn(values, field.name) ? (values[field.name] ?? []) : field.values }));
  const isEmpty = table.rows.length === 0;
  return {
    state: 'open',
    form: { ...form, fields, ...(isEmpty ? {} : { table }) },
    notes: isEmpty ? [{ kind: 'info', text: '', code: 'nothing-found' }] : [],
    actions: ['complete'],
  };
}
