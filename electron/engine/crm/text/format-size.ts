const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** `184 KB`, `2.1 GB`: decimal units, as file managers show them. */
export function formatSize(sizeBytes: number): string {
  let value = sizeBytes;
  let step = 0;
  while (value >= 1000 && step < units.length - 1) {
    value /= 1000;
    step += 1;
  }
  const digits = step === 0 || value >= 10 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[step]}`;
}
