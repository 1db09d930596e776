import { escapeHtml } from '../text/escape-html.ts';

export interface PageNote {
  readonly text: string;
}

export interface PageFile {
  readonly name: string;
  readonly path: string;
  readonly size: string;
}

/** No script, no style from elsewhere, nothing loaded: what a customer wrote is text and stays text. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#26231f;background:#faf8f4}
h1{font-size:1.3rem}section{border-top:1px solid #ddd6ca;padding:1rem 0}
pre{font:inherit;white-space:pre-wrap;overflow-wrap:anywhere;margin:0;unicode-bidi:plaintext}
@media(prefers-color-scheme:dark){body{color:#e8e4dc;background:#1b1a18}section{border-color:#3a3733}a{color:#7cc7bb}}
@media print{body{color:#000;background:#fff;margin:0;max-width:none}section{border-color:#bbb}a{color:#000}}@page{margin:18mm}`;

/** The conversation as one page for people, made anew from the notes after every push. */
export function renderPage(title: string, notes: readonly PageNote[], files: readonly PageFile[]): string {
  const sections = notes.map((note) => `<section><pre>${escapeHtml(note.text)}</pre></section>`).join('\n');
  const items = files.map((file) => `<li><a href="${hrefOf(file.path)}" download>${escapeHtml(file.name)}</a> · ${escapeHtml(file.size)}</li>`);
  const list = items.length === 0 ? '' : `<section><ul>\n${items.join('\n')}\n</ul></section>`;
  return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${sections}
${list}
</body>
</html>
`;
}

const hrefOf = (path: string): string => escapeHtml(path.split('/').map(encodeURIComponent).join('/'));
