/** Writes plain data as YAML that a person can read: strings quoted as JSON, which YAML takes as they are. */
export const toYaml = (value, comment = '') => `${comment === '' ? '' : `# ${comment}\n`}${lines(value, '').join('\n')}\n`;

const isBranch = (value) => typeof value === 'object' && value !== null && Object.keys(value).length > 0;
const leaf = (value) => JSON.stringify(value);
const keyOf = (key) => (/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(key) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(key) ? key : JSON.stringify(key));

function lines(value, indent) {
  if (!isBranch(value)) return [indent + leaf(value)];
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      if (!isBranch(item)) return [`${indent}- ${leaf(item)}`];
      const [first, ...rest] = lines(item, `${indent}  `);
      return [`${indent}- ${first.trimStart()}`, ...rest];
    });
  }
  return Object.entries(value).flatMap(([key, item]) =>
    isBranch(item) ? [`${indent}${keyOf(key)}:`, ...lines(item, `${indent}  `)] : [`${indent}${keyOf(key)}: ${leaf(item)}`],
  );
}
