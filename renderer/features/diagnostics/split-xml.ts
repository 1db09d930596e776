export type XmlPieceKind = 'mark' | 'name' | 'attribute' | 'value' | 'text';

/** A piece of XML in one colour. */
export interface XmlPiece {
  readonly kind: XmlPieceKind;
  readonly text: string;
}

export interface XmlLine {
  readonly depth: number;
  readonly pieces: readonly XmlPiece[];
}

/** Beyond it a line of the console is shown as it came: nobody reads on, and a page must stay quick. */
const longestPretty = 20_000;
const mostLines = 400;
const deepest = 24;

const token = /<\?[^>]*\?>|<!\[CDATA\[[\s\S]*?\]\]>|<(\/?)([^\s<>/]+)((?:\s+[^\s=<>/]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|[^<]+|</gu;
const attribute = /(\s+)([^\s=<>/]+)(\s*=\s*)("[^"]*"|'[^']*')/gu;

interface Open {
  readonly index: number;
  hasElements: boolean;
}

/**
 * XML as indented lines of coloured pieces: an element that holds only text stays on one line. Nothing is interpreted,
 * and what is not well-formed comes out as it went in.
 */
export function splitXml(xml: string): readonly XmlLine[] {
  if (xml.length > longestPretty) return [{ depth: 0, pieces: [{ kind: 'text', text: xml }] }];
  const lines: { depth: number; pieces: XmlPiece[] }[] = [];
  const open: Open[] = [];
  const begin = (pieces: readonly XmlPiece[]): void => void lines.push({ depth: Math.min(open.length, deepest), pieces: [...pieces] });
  for (const match of xml.matchAll(token)) {
    const [whole, slash, name = '', attributes = '', selfClosing] = match;
    const parent = open.at(-1);
    if (name === '') {
      const line = parent === undefined || parent.hasElements ? undefined : lines[parent.index];
      if (whole.trim() === '' && line === undefined) continue;
      if (line === undefined) begin([{ kind: 'text', text: whole }]);
      else line.pieces.push({ kind: 'text', text: whole });
    } else if (slash === '/') {
      const closed = open.pop();
      const pieces: XmlPiece[] = [{ kind: 'mark', text: '</' }, { kind: 'name', text: name }, { kind: 'mark', text: '>' }];
      const line = closed === undefined || closed.hasElements ? undefined : lines[closed.index];
      if (line === undefined) begin(pieces);
      else line.pieces.push(...pieces);
    } else {
      if (parent !== undefined) parent.hasElements = true;
      const isEmpty = selfClosing === '/';
      begin([{ kind: 'mark', text: '<' }, { kind: 'name', text: name }, ...splitAttributes(attributes), { kind: 'mark', text: isEmpty ? '/>' : '>' }]);
      if (!isEmpty) open.push({ index: lines.length - 1, hasElements: false });
    }
    if (lines.length > mostLines) return [{ depth: 0, pieces: [{ kind: 'text', text: xml }] }];
  }
  return lines;
}

const splitAttributes = (text: string): XmlPiece[] =>
  [...text.matchAll(attribute)].flatMap(([, space = '', name = '', equals = '', value = '']) => [
    { kind: 'attribute' as const, text: `${space}${name}` },
    { kind: 'mark' as const, text: equals },
    { kind: 'value' as const, text: value },
  ]);
