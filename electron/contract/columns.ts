/**
 * Rows travel as columns: property names are cloned once instead of once a row, which makes a page of
 * messages several times cheaper to post (docs/decisions/0007-columns.md).
 */
export interface Columns<Row> {
  readonly length: number;
  readonly columns: { readonly [Key in keyof Row]-?: Column<Row[Key]> };
}

/**
 * The values of one property, in the order of the rows. A list with a single value stands for all rows: most columns of
 * a page of messages are like that. Few different ones are `choices`, and each letter of `picks` stands for a row.
 */
export type Column<Value> = readonly Value[] | { readonly choices: readonly Value[]; readonly picks: string };

const mostChoices = 16;
/** The letter of the first choice; none of those that follow is written longer in JSON. */
const firstLetter = '0'.charCodeAt(0);

/** What is sent: `keys` of every row. */
export const toColumns = <Row extends object>(rows: readonly Row[], keys: readonly (keyof Row)[]): Columns<Row> => {
  const columns = {} as { [Key in keyof Row]-?: Column<Row[Key]> };
  const values = valuesOf(rows);
  for (const key of keys) columns[key] = toColumn(values?.get(key) ?? rows.map((row) => row[key])) as Column<Row[typeof key]>;
  return { length: rows.length, columns };
};

/** The rows again. Plain loops: this runs for every page on its way to the screen. */
export const fromColumns = <Row extends object>({ length, columns }: Columns<Row>): Row[] => {
  const common = {} as Row;
  const varying: (keyof Row)[] = [];
  const lists: (readonly unknown[])[] = [];
  for (const key of Object.keys(columns) as (keyof Row)[]) {
    const list = listOf<unknown>(columns[key]);
    common[key] = list[0] as Row[typeof key];
    if (list.length === 1) continue;
    varying.push(key);
    lists.push(list);
  }
  const rows: Row[] = [];
  for (let index = 0; index < length; index += 1) {
    const row = { ...common };
    for (let at = 0; at < varying.length; at += 1) row[varying[at] as keyof Row] = lists[at]?.[index] as Row[keyof Row];
    rows.push(row);
  }
  return rows;
};

/**
 * One walk over all rows, each from its first property to its last: that reads memory in its order and lets V8 find the
 * properties without looking for them. Null when the rows are not all of one shape. An empty list is alike another.
 */
const valuesOf = <Row extends object>(rows: readonly Row[]): ReadonlyMap<keyof Row, unknown[]> | null => {
  const [first] = rows;
  if (first === undefined) return null;
  const keys = Object.keys(first) as (keyof Row)[];
  const firsts: readonly unknown[] = keys.map((key) => first[key]);
  const lists: (unknown[] | null)[] = keys.map(() => null);
  for (let index = 1; index < rows.length; index += 1) {
    const row = rows[index] as Row;
    let at = 0;
    for (const key in row) {
      if (key !== keys[at]) return null;
      const value: unknown = row[key];
      const list = lists[at];
      if (list) list.push(value);
      else if (!isSame(value, firsts[at])) lists[at] = [...Array<unknown>(index).fill(firsts[at]), value];
      at += 1;
    }
    if (at !== keys.length) return null;
  }
  return new Map(keys.map((key, at) => [key, lists[at] ?? [firsts[at]]]));
};

/** A column of these values, as short as it goes. */
export const toColumn = <Value>(list: readonly Value[]): Column<Value> => (list.length < 2 ? list : (chooseFrom(list) ?? list));

/** Null: too many different values. */
const chooseFrom = <Value>(list: readonly Value[]): Column<Value> | null => {
  const choices = list.slice(0, 1);
  const letters = Array<number>(list.length).fill(firstLetter);
  let at = 0;
  for (let index = 0; index < list.length; index += 1) {
    const value = list[index] as Value;
    // Mostly the same as before: a person writes several messages in a row.
    if (value !== choices[at]) at = choiceOf(choices, value);
    if (at === choices.length) choices.push(value);
    if (at === mostChoices) return null;
    if (at > 0) letters[index] = firstLetter + at;
  }
  return choices.length === 1 ? choices : { choices, picks: String.fromCharCode(...letters) };
};

/** Which of the choices this is; one more than there are: none. A loop: a function for each comparison costs more than it. */
const choiceOf = <Value>(choices: readonly Value[], value: Value): number => {
  let at = 0;
  while (at < choices.length && !isSame(choices[at], value)) at += 1;
  return at;
};

/** The values of a column; one that stands for all rows stays alone. */
export const listOf = <Value>(column: Column<Value>): readonly Value[] => {
  if (!('picks' in column)) return column;
  const { choices, picks } = column;
  const values = Array<Value>(picks.length).fill(choices[0] as Value);
  for (let index = 0; index < picks.length; index += 1) {
    const at = picks.charCodeAt(index) - firstLetter;
    if (at > 0) values[index] = choices[at] as Value;
  }
  return values;
};

/** Whether two values are alike without looking into them: the same one, or two empty lists. */
const isSame = (left: unknown, right: unknown): boolean =>
  left === right || (Array.isArray(left) && left.length === 0 && Array.isArray(right) && right.length === 0);
