/** What is wrong with XML written by hand, and where; the engine looks again, with a real parser. */
export interface XmlProblem {
  readonly kind: 'open' | 'crossed' | 'character' | 'empty';
  /** Name of the tag, or the character. */
  readonly what: string;
  readonly line: number;
}

const token = /<\?[\s\S]*?\?>|<!\[CDATA\[[\s\S]*?\]\]>|<(\/?)([\p{L}_:][\p{L}\p{N}_:.-]*)((?:\s+[\p{L}_:][\p{L}\p{N}_:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|[^<]+|</gu;
const looseAmpersand = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-f]{1,6});)/iu;

/** Null: nothing seen. */
export function checkXml(text: string): XmlProblem | null {
  if (text.trim() === '') return { kind: 'empty', what: '', line: 1 };
  const open: { readonly name: string; readonly line: number }[] = [];
  let line = 1;
  for (const match of text.matchAll(token)) {
    const [whole, slash, name = '', , selfClosing] = match;
    if (whole === '<') return { kind: 'character', what: '<', line };
    if (looseAmpersand.test(whole)) return { kind: 'character', what: '&', line };
    if (name !== '' && slash === '/') {
      const opened = open.pop();
      if (opened?.name !== name) return { kind: 'crossed', what: name, line };
    } else if (name !== '' && selfClosing !== '/') open.push({ name, line });
    line += whole.split('\n').length - 1;
  }
  const left = open.at(-1);
  return left === undefined ? null : { kind: 'open', what: left.name, line: left.line };
}
