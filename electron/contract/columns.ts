/**
 * Rows travel as columns: property names are cloned once instead of once a row, which makes a page of
 * messages about four times cheaper to post (docs/performance.md).
 */
export interface Columns<Row> {
  readonly length: number;
  /** A column with a single value stands for all rows: most columns of a page of messages are like that. */
  readonly columns: { readonly [Key in keyof Row]-?: readonly Row[Key][] };
}

export const toColumns = <Row extends object>(rows: readonly Row[], keys: readonly (keyof Row)[]): Columns<Row> => {
  const columns = {} as { [Key in keyof Row]-?: readonly Row[Key][] };
  for (const key of keys) columns[key] = columnOf(rows, key);
  return { length: rows.length, columns };
};

export const fromColumns = <Row extends object>({ length, columns }: Columns<Row>): Row[] => {
  const keys = Object.keys(columns) as (keyof Row)[];
  const varying = keys.filter((key) => columns[key].length !== 1);
  const common = {} as Row;
  for (const key of keys) common[key] = columns[key][0] as Row[typeof key];
  return Array.from({ length }, (_, index) => {
    const row = { ...common };
    for (const key of varying) row[key] = columns[key][index] as Row[typeof key];
    return row;
  });
};

const columnOf = <Row extends object, Key extends keyof Row>(rows: readonly Row[], key: Key): Row[Key][] => {
  const [first] = rows;
  if (first === undefined) return [];
  const isConstant = rows.every((row) => isSame(row[key], first[key]));
  return isConstant ? [first[key]] : rows.map((row) => row[key]);
};

/** Whether two values are alike without looking into them: the same one, or two empty lists. */
const isSame = (left: unknown, right: unknown): boolean =>
  left === right || (Array.isArray(left) && left.length === 0 && Array.isArray(right) && right.length === 0);
