import { require } from './contract-server.ts';

export type RowTest = (row: Readonly<Record<string, unknown>>) => boolean;

const word = /^(?:(\w+) eq ('(?:[^']|'')*'|true|false|[0-9a-f-]{36}|\d+)|endswith\((\w+),('(?:[^']|'')*')\))/i;

/** `$filter` as OData 4 writes it: comparisons joined by `and` and `or`, brackets, quotes in texts doubled. */
export function readFilter(filter: string, columns: readonly string[]): RowTest {
  let rest = filter;

  const eat = (sign: string): boolean => {
    if (!rest.startsWith(sign)) return false;
    rest = rest.slice(sign.length);
    return true;
  };
  const any = (): RowTest => {
    const tests = [all()];
    while (eat(' or ')) tests.push(all());
    return (row) => tests.some((test) => test(row));
  };
  const all = (): RowTest => {
    const tests = [one()];
    while (eat(' and ')) tests.push(one());
    return (row) => tests.every((test) => test(row));
  };
  const one = (): RowTest => {
    if (eat('(')) {
      const inside = any();
      require(eat(')'), `no closing bracket in ${filter}`);
      return inside;
    }
    const found = word.exec(rest);
    require(found !== null, `no filter: ${rest}`);
    rest = rest.slice(found[0].length);
    const [, equal, value = '', ending, end = ''] = found;
    const column = equal ?? ending ?? '';
    require(columns.includes(column), `Could not find a property named '${column}'`);
    return equal === undefined ? (row) => textOf(row[column]).endsWith(plain(end)) : (row) => textOf(row[column]) === plain(value);
  };

  const test = any();
  require(rest === '', `more than a filter: ${rest}`);
  return test;
}

/** Texts are compared without regard to case. */
const plain = (literal: string): string => (literal.startsWith("'") ? literal.slice(1, -1).replaceAll("''", "'") : literal).toLowerCase();
const textOf = (value: unknown): string => (value === undefined || value === null ? '' : String(value).toLowerCase());
