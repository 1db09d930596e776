import { describe, expect, it } from 'vitest';
import type { MessageId, RedactionSettings } from '#rpc';
import type { PushEntry } from '../../../electron/engine/crm/core/push-entry.ts';
import { isCard, isEstonianId, isIban, isSpanishId } from '../../../electron/engine/crm/redaction/checksums.ts';
import { allHidden, findSecrets } from '../../../electron/engine/crm/redaction/find-secrets.ts';
import { redactEntries } from '../../../electron/engine/crm/redaction/redact-entries.ts';

const found = (text: string, settings: RedactionSettings = allHidden): readonly string[] =>
  findSecrets(text, settings).map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`);

const ibans = ['ES91 2100 0418 4502 0005 1332', 'EE382200221020145685', 'de89370400440532013000', 'GB29-NWBK-6016-1331-9268-19', 'NO93 8601 1117 947'];
const cards = ['4111 1111 1111 1111', '4111111111111111', '5555-5555-5555-4444', '3782 822463 10005', '3782\u00a0822463\u00a010005', '6011111111111117', '2223 0031 2200 3222'];
const ids = ['12345678Z', '12.345.678-Z', '12345678 z', 'X1234567L', '38001085718', '49403136515'];

describe('what is hidden', () => {
  it.each(ibans)('IBAN %s', (iban) => {
    expect(found(`Mi cuenta: ${iban} gracias`)).toEqual([`iban ${iban}`]);
    expect(found(`(${iban})`)).toEqual([`iban ${iban}`]);
  });
  it.each(cards)('card %s', (card) => {
    expect(found(`tarjeta ${card}, cad. 12/28`)).toEqual([`card ${card}`]);
    expect(found(`${card} 12/28`)).toEqual([`card ${card}`]);
  });
  it.each(ids)('national id %s', (id) => expect(found(`DNI ${id}.`)).toEqual([`national-id ${id}`]));
  it.each([
    ['Your code is 482913', '482913'],
    ['código: 4829', '4829'],
    ['Tu código de verificación es 482 913.', '482 913'],
    ['Sinu kood on 123456', '123456'],
    ['G-123456 is your verification code', 'G-123456'],
    ['556677 on sinu kinnituskood', '556677'],
    ['PIN 0042', '0042'],
  ])('code in “%s”', (text, code) => expect(found(text)).toEqual([`code ${code}`]));
  it('words of the person’s choice, whole and in any case', () => {
    const settings = { ...allHidden, words: ['Projekt Õun', 'c++', ' '] };
    expect(found('projekt õun ja PROJEKT  ÕUN, mitte projekt õunad; C++ aga mitte c++x', settings)).toEqual(['word projekt õun', 'word PROJEKT  ÕUN', 'word C++']);
  });
});

describe('what is not', () => {
  it.each([
    'ES91 2100 0418 4502 0005 1333', // wrong check digits
    'order 4111 1111 1111 1112', // fails Luhn
    'pedido 2026-118 de 4000 piezas',
    'tel. +34 600 123 456 y +4915123456705',
    '12345678A', // wrong letter
    '38001085717', // wrong check digit
    '38013085718', // thirteenth month
    'código postal 08001, código de pedido 123456, postal code 10115, error code 5000',
    'the code costs 1200 €, code at 12:30, code 2026-11-22',
    'no word here: 482913',
    'encode 482913',
    'a4111111111111111', '41111111111111111111111',
  ])('%s', (text) => expect(found(text)).toEqual([]));
  it('what was switched off', () => {
    const off = { isIbanHidden: false, isCardHidden: false, isNationalIdHidden: false, isCodeHidden: false, words: [] };
    expect([...ibans, ...cards, ...ids, 'code 4821'].flatMap((text) => found(text, off))).toEqual([]);
  });
});

/** The same numbers every run. */
function* randomNumbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state;
  }
}

const entry = (text: string, more: Partial<PushEntry> = {}): PushEntry => ({
  kind: 'message', id: 'm1', messageId: 1 as MessageId, version: 0, sentAtMs: 0, changedAtMs: 0, senderName: 'Marta', isOwn: false, isAction: false,
  text, replyTo: null, files: [], ...more,
});

describe('hiding', () => {
  it('never hides half of one and never changes other text, whatever stands around it', () => {
    const random = randomNumbers(118);
    const pick = <Item>(items: readonly Item[]): Item => items[random.next().value % items.length] as Item;
    const around = ['hola ', 'ñ\n', '😀 ', '→ ', 'precio 112 € ', '“', 'x1 ', '\u202e ', '2026-118, ', '12/28 ', '+34 600 123 456; ', '(', '7 '];
    for (let run = 0; run < 3_000; run += 1) {
      const secrets = [pick([...ibans, ...cards, ...ids]), pick([...ibans, ...cards, ...ids])] as const;
      const pieces = [pick(around), pick(around), secrets[0], `, ${pick(around)}`, secrets[1], `.${pick(['', ' adiós', '\nñu', ' 😀'])}`];
      // A digit right before one belongs to another number.
      const text = pieces.join('').replace(/(\d) (?=\d)/g, (all, digit: string, at: number, whole: string) => (whole.startsWith('7 ', at) ? `${digit}; ` : all));
      const at = [text.indexOf(secrets[0]), text.lastIndexOf(secrets[1])];
      if (at.includes(-1)) continue;
      const [redacted] = redactEntries([entry(text)], allHidden, new Set()).entries;
      const masked = redacted?.text ?? '';
      expect(masked).toHaveLength(text.length);
      const inside = (index: number): boolean => secrets.some((secret, which) => index >= (at[which] ?? 0) && index < (at[which] ?? 0) + secret.length);
      for (let index = 0; index < text.length; index += 1) {
        const isLetter = /[\p{L}\p{N}]/u.test(text[index] ?? '');
        const wanted = inside(index) && isLetter ? '•' : text[index];
        if (masked[index] !== wanted) throw new Error(`“${text}” became “${masked}”`);
      }
    }
  });

  it('leaves random numbers alone unless their checksum is right', () => {
    const random = randomNumbers(7);
    for (let run = 0; run < 3_000; run += 1) {
      const digits = `${random.next().value}${random.next().value}`.slice(0, 8 + (random.next().value % 10));
      const isOne = isCard(digits) || isEstonianId(digits);
      expect([digits, found(`nr ${digits};`).length]).toEqual([digits, Number(isOne)]);
    }
  });

  it('covers quotations, even cut ones, and file names', () => {
    const excerpt = `${'la cuenta de siempre, como quedamos el martes pasado: '.padEnd(62, '.')} ES91 2100 0418 45…`;
    const { entries, masks } = redactEntries(
      [entry('sí', { replyTo: { senderName: 'Marta', excerpt }, files: [{ attachmentId: 1 as never, stableId: 'a', name: 'ES9121000418450200051332.pdf', mime: '', sizeBytes: 1 }] })],
      allHidden,
      new Set(),
    );
    expect(entries[0]?.replyTo?.excerpt).not.toMatch(/2100|0418/);
    expect(entries[0]?.files[0]?.name).toBe(`${'•'.repeat(24)}.pdf`);
    expect(masks.map(({ kind }) => kind)).toEqual(['iban', 'iban']);
  });

  it('shows one of two when asked, and nothing else once the message changed', () => {
    const text = 'DNI 12345678Z, cuenta ES9121000418450200051332';
    const [id] = redactEntries([entry(text)], allHidden, new Set()).masks;
    const shown = redactEntries([entry(text)], allHidden, new Set([id?.id ?? '']));
    expect(shown.entries[0]?.text).toBe(`DNI 12345678Z, cuenta ${'•'.repeat(24)}`);
    expect(shown.masks.map(({ isRevealed }) => isRevealed)).toEqual([true, false]);
    const changed = redactEntries([entry('DNI X1234567L, cuenta')], allHidden, new Set([id?.id ?? '']));
    expect(changed.entries[0]?.text).toBe('DNI •••••••••, cuenta');
  });
});

it('checksums know right from wrong', () => {
  expect([isIban('ES9121000418450200051332'), isIban('ES9121000418450200051323'), isIban('ZZ9121000418450200051332')]).toEqual([true, false, false]);
  expect([isCard('4111111111111111'), isCard('1111111111111117')]).toEqual([true, false]);
  expect([isSpanishId('00000000T'), isSpanishId('Z1234567R'), isSpanishId('Z1234567A')]).toEqual([true, true, false]);
  expect([isEstonianId('37605030299'), isEstonianId('37605030298')]).toEqual([true, false]);
});
