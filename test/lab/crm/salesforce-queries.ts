import { require } from './contract-server.ts';

export interface SoqlCondition {
  readonly field: string;
  readonly operator: '=' | 'LIKE';
  readonly value: string;
}

const literal = String.raw`'(?:[^'\\]|\\.)*'`;

/** SELECT … FROM … WHERE … of one object, as the SOQL Reference writes it: values in single quotes, signs in them escaped. */
export function readSoql(soql: string) {
  const found = new RegExp(String.raw`^SELECT ([\w., ]+) FROM (\w+) WHERE (.+?)(?: LIMIT \d+)?$`, 's').exec(soql);
  require(found !== null, `no SOQL: ${soql}`);
  const [, fields = '', object = '', where = ''] = found;
  const conditions = where.split(/ AND (?=\w+ (?:=|LIKE) (?:'|true|false))/).map((one): SoqlCondition => {
    const condition = new RegExp(String.raw`^(\w+) (=|LIKE) (${literal}|true|false)$`, 's').exec(one);
    require(condition !== null, `no condition: ${one}`);
    const [, field = '', operator, value = ''] = condition;
    const text = value.startsWith("'") ? value.slice(1, -1).replace(/\\(.)/gs, '$1') : value;
    require(operator === '=' || /^[^%_]+%$/.test(text), `LIKE ${text}`);
    return { field, operator: operator === '=' ? '=' : 'LIKE', value: text };
  });
  return { fields: fields.split(', '), object, conditions };
}

/** FIND {…} IN … FIELDS RETURNING Contact(…), as the SOSL Reference writes it: reserved signs inside quotes escaped. */
export function readSosl(sosl: string) {
  const found = /^FIND \{(.+)\} IN (PHONE|NAME|EMAIL) FIELDS RETURNING Contact\(([\w, ]+) LIMIT (\d+)\)$/s.exec(sosl);
  require(found !== null, `no SOSL: ${sosl}`);
  const [, search = '', scope = '', fields = ''] = found;
  const words = search.split(/(?<=") OR (?=")/).map((word) => {
    require(/^"(?:[^?&|!{}[\]()^~*:\\"'+-]|\\.)+"$/s.test(word), `a reserved sign in ${word}`);
    return word.slice(1, -1).replace(/\\(.)/gs, '$1');
  });
  return { words, scope, fields: fields.split(', ') };
}
