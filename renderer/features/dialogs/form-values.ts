import type { DialogPage, FormAnswer, FormFieldRow, FormRow } from '../../rpc/index.ts';

/** What stands in each field, by its name. A map: names come from the other side. */
export type FieldValues = ReadonlyMap<string, readonly string[]>;

/** `refused`: by the other side. */
export type FieldProblem = 'required' | 'address' | 'number' | 'range' | 'refused';

const isAsked = ({ kind, name }: FormFieldRow): boolean => kind !== 'fixed' && name !== '';

/** What a form shows at first; after a refusal what was typed stays, but for fields with a picture, which is a new one. */
export const valuesOf = (form: FormRow | null, typed: FieldValues = new Map()): FieldValues =>
  new Map(
    (form?.fields ?? []).filter(isAsked).map((field) => {
      const kept = field.kind === 'hidden' || field.media.length > 0 ? undefined : typed.get(field.name);
      return [field.name, kept ?? field.values];
    }),
  );

/** The fields that the other side did not take, as far as it said so. */
export const refusalsOf = ({ form, notes }: Pick<DialogPage, 'form' | 'notes'>): ReadonlyMap<string, FieldProblem> => {
  const named = new Set(notes.flatMap(({ kind, field }) => (kind === 'error' && field !== undefined ? [field] : [])));
  return new Map((form?.fields ?? []).filter((field) => isAsked(field) && named.has(field.name)).map(({ name }) => [name, 'refused']));
};

/** Everything that goes back, hidden fields as they came. */
export const toAnswers = (form: FormRow | null, values: FieldValues): FormAnswer[] =>
  (form?.fields ?? []).filter(isAsked).map((field) => ({ name: field.name, values: cleaned(field, values.get(field.name) ?? []) }));

const cleaned = ({ kind }: FormFieldRow, values: readonly string[]): readonly string[] => {
  if (kind === 'address') return values.map((value) => value.trim());
  if (kind === 'addresses') return values.map((value) => value.trim()).filter((value) => value !== '');
  return values;
};

const isAddress = (text: string): boolean => /^[^\s@/]*@?[^\s@/]+(?:\/.+)?$/u.test(text.trim());
const isEmpty = (values: readonly string[]): boolean => values.every((value) => value.trim() === '');

/**
 * What is wrong with a field, as far as it can be told here; the server checks again. Its patterns are not run: one of
 * an unkind server may take a computer hours.
 */
export const problemOf = (field: FormFieldRow, values: readonly string[]): FieldProblem | null => {
  if (!isAsked(field) || field.kind === 'hidden' || field.kind === 'boolean') return null;
  if (isEmpty(values)) return field.isRequired ? 'required' : null;
  if (field.kind === 'address' || field.kind === 'addresses') {
    return values.every((value) => value.trim() === '' || isAddress(value)) ? null : 'address';
  }
  const { min, max } = field.check ?? {};
  const bounds = [min, max].filter((bound) => bound !== undefined && bound.trim() !== '').map(Number);
  if (bounds.length === 0 || !bounds.every(Number.isFinite)) return null;
  const number = Number(values[0]);
  if (!Number.isFinite(number)) return 'number';
  const isTooSmall = min !== undefined && min.trim() !== '' && number < Number(min);
  const isTooLarge = max !== undefined && max.trim() !== '' && number > Number(max);
  return isTooSmall || isTooLarge ? 'range' : null;
};

/** Every problem of a form by the name of its field, in the order of the form. */
export const problemsOf = (form: FormRow | null, values: FieldValues): ReadonlyMap<string, FieldProblem> => {
  const problems = new Map<string, FieldProblem>();
  for (const field of form?.fields ?? []) {
    const problem = problemOf(field, values.get(field.name) ?? []);
    if (problem !== null) problems.set(field.name, problem);
  }
  return problems;
};
