/** Checks that tell a number of a kind from any other number of the same length. Each takes it without separators. */

/** ISO 7064 mod 97-10, as in ISO 13616 (IBAN). */
export function isIban(compact: string): boolean {
  const text = compact.toUpperCase();
  if (text.length !== ibanLengths.get(text.slice(0, 2)) || !/^[A-Z]{2}\d{2}[A-Z0-9]+$/.test(text)) return false;
  let rest = 0;
  for (const character of text.slice(4) + text.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** Length by country, SWIFT IBAN registry. */
export const ibanLengths: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 ' +
    'GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 ' +
    'MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SD18 SE24 SI19 SK24 SM27 ST25 SV28 ' +
    'TL23 TN24 TR26 UA29 VA22 VG24 XK20'
  )
    .split(' ')
    .map((entry): [string, number] => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** ISO/IEC 7812: Luhn, and a length and beginning that a card network gives out. */
export function isCard(digits: string): boolean {
  return brands.some(({ begins, lengths }) => lengths.includes(digits.length) && begins.test(digits)) && isLuhn(digits);
}

const brands: readonly { readonly begins: RegExp; readonly lengths: readonly number[] }[] = [
  { begins: /^4/, lengths: [16, 19] },
  { begins: /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { begins: /^3[47]/, lengths: [15] },
  { begins: /^3(0[0-5]|6|[89])/, lengths: [14, 16] },
  { begins: /^(6011|65|64[4-9])/, lengths: [16, 19] },
  { begins: /^35(2[89]|[3-8])/, lengths: [16] },
  { begins: /^62/, lengths: [16, 17, 18, 19] },
  { begins: /^(50|5[6-9]|6[0-9])/, lengths: [16, 18, 19] },
];

function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Spain: DNI (eight digits) and NIE (X, Y or Z and seven), both with a letter that depends on the rest. */
export function isSpanishId(compact: string): boolean {
  const found = /^([XYZ]?)(\d{7,8})([A-Z])$/.exec(compact.toUpperCase());
  if (!found) return false;
  const [, first = '', digits = '', letter] = found;
  if (digits.length !== (first === '' ? 8 : 7)) return false;
  const number = Number((first === '' ? '' : String('XYZ'.indexOf(first))) + digits);
  return 'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(number % 23) === letter;
}

/** Estonia: isikukood, eleven digits with a date of birth (EVS 585). */
export function isEstonianId(digits: string): boolean {
  if (!/^[1-8]\d{10}$/.test(digits)) return false;
  const [century, month, day] = [Math.floor((Number(digits[0]) + 1) / 2) + 17, Number(digits.slice(3, 5)), Number(digits.slice(5, 7))];
  const born = new Date(Date.UTC(century * 100 + Number(digits.slice(1, 3)), month - 1, day));
  if (born.getUTCMonth() !== month - 1 || born.getUTCDate() !== day) return false;
  return checkDigit(digits) === Number(digits[10]);
}

function checkDigit(digits: string): number {
  for (const offset of [0, 2]) {
    let sum = 0;
    for (let index = 0; index < 10; index += 1) sum += Number(digits[index]) * (((index + offset) % 9) + 1);
    if (sum % 11 < 10) return sum % 11;
  }
  return 0;
}
