import { basename, dirname, resolve } from 'node:path';

const pattern = /new URL\(\s*(['"])(\.{1,2}\/[^'"]+\.ts)\1\s*,\s*import\.meta\.url\s*,?\s*\)/g;

/**
 * Makes `new Worker(new URL('./thing.ts', import.meta.url))` work in the bundled engine: the file named there
 * becomes an entry of its own. All output lies flat in one folder, so the new address is always a neighbour.
 * @returns {import('vite').Plugin}
 */
export function workerEntries() {
  const entries = new Map();
  return {
    name: 'palomar-worker-entries',
    buildStart: () => entries.clear(),
    transform(code, id) {
      if (!id.endsWith('.ts') || !code.includes('import.meta.url')) return null;
      let isChanged = false;
      const changed = code.replace(pattern, (_all, _quote, path) => {
        isChanged = true;
        const file = resolve(dirname(id), path);
        // Two rooms may both have a `worker.ts`, so the folder is part of the name.
        const name = `${basename(dirname(file))}-${basename(file, '.ts')}`;
        if (!entries.has(file)) {
          entries.set(file, name);
          this.emitFile({ type: 'chunk', id: file, fileName: `${name}.mjs` });
        }
        return `new URL('./${name}.mjs', import.meta.url)`;
      });
      return isChanged ? { code: changed, map: null } : null;
    },
  };
}
