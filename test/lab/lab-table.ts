/** What a person needs to know of one server: label and value, line by line. */
export interface LabSection {
  title: string;
  rows: readonly (readonly [label: string, value: string])[];
}

/** The text that `npm run lab` prints: every server with its ready-made accounts, and how to trust its certificates. */
export function labTable(sections: readonly LabSection[], caFile: string): string {
  const labels = sections.flatMap(({ rows }) => rows.map(([label]) => label.length));
  const width = Math.max(0, ...labels) + 2;
  const blocks = sections.map(({ title, rows }) => {
    const lines = rows.map(([label, value]) => `  ${label.padEnd(width)}${value.replaceAll('\n', `\n  ${' '.repeat(width)}`)}`);
    return [title, ...lines].join('\n');
  });
  const advice = [
    'Certificates',
    `  ${'authority'.padEnd(width)}${caFile}`,
    `  ${'trust it'.padEnd(width)}NODE_EXTRA_CA_CERTS=${caFile} npm start`,
  ].join('\n');
  return `\n${[...blocks, advice].join('\n\n')}\n\nCtrl+C stops everything. Nothing is kept but the caches.\n`;
}
