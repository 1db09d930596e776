import { describe, expect, it } from 'vitest';
import { checkedId, numberOf } from '../../../electron/engine/crm/http/checked-id.ts';
import { asRecord, asText } from '../../../electron/engine/crm/http/json-value.ts';
import { refusalOf, sentenceOf } from '../../../electron/engine/crm/http/refusal.ts';

const answer = (status: number, body: string) => ({ status, headers: new Headers(), bytes: new TextEncoder().encode(body) });
const message = (body: unknown): string => asText(asRecord(body)['message']);

describe('what a refusal says', () => {
  it.each([
    ['the words of the product', '{"message":"Name is missing"}', 'Name is missing'],
    ['one line of them, without signs that turn text around', '{"message":"Name\\n\\u202eis missing"}', expect.not.stringMatching(/[\n\u202e]/) as string],
    ['the status, where nothing is said', '{}', 'HTTP 422'],
    ['the status, where a proxy answers in HTML', '<h1>Forbidden</h1>', 'HTTP 422'],
    ['the status, where the words are something else', '{"message":{"a":1}}', 'HTTP 422'],
  ])('is %s', (_what, body, said) => {
    expect(sentenceOf(answer(422, body), message)).toEqual(said);
  });

  it('is never longer than a line of a log takes', () => {
    expect(sentenceOf(answer(400, JSON.stringify({ message: 'x'.repeat(5_000) })), message).length).toBeLessThanOrEqual(300);
  });

  it.each([
    [404, 'record-gone', '/issues/1.json'],
    [403, 'forbidden', 'no'],
    [413, 'too-large', 'no'],
    [400, 'rejected', 'no'],
    [422, 'rejected', 'no'],
  ])('of status %i means %s', (status, code, detail) => {
    expect(refusalOf(status, 'no', '/issues/1.json?key=secret')).toMatchObject({ code, more: { detail } });
  });

  it('keeps its words for a 404 where no path is told', () => {
    expect(refusalOf(404, 'Record not found')).toMatchObject({ code: 'record-gone', more: { detail: 'Record not found' } });
  });
});

describe('an id that a server named', () => {
  it.each([['12', '12'], [12, '12'], ['999999999999999', '999999999999999']])('is taken: %s', (given, id) => {
    expect(numberOf(given)).toBe(id);
  });

  it.each(['', '../users/1', '1?x=1', '1/2', '-1', '1.5', '1e3', '1234567890123456', ' 1', '1\n', null, undefined, {}, [1], true])('becomes no part of a path: %s', (given) => {
    expect(() => numberOf(given)).toThrow(expect.objectContaining({ code: 'server-incompatible' }));
  });

  it('has the shape of the product', () => {
    expect(checkedId('ab-1', /^[a-z0-9-]{4}$/)).toBe('ab-1');
    expect(() => checkedId('ab_1', /^[a-z0-9-]{4}$/)).toThrow('no id where one belongs');
  });
});
