/** What a person reads in a note that a product keeps as HTML; written apart from what the engine uses. */
export function readHtml(html: string): string {
  const lines = html.replaceAll('<br>', '\n');
  if (/<[a-z/]/i.test(lines)) throw new Error(`markup in a note: ${lines.slice(0, 200)}`);
  return withoutEntities(lines);
}

/** What a person reads where the product itself leaves its own markup out. */
export const readMarkup = (html: string): string => withoutEntities(html.replace(/<br\s*\/?>/g, '\n').replace(/<[^<>]*>/g, ''));

const withoutEntities = (text: string): string =>
  text
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
