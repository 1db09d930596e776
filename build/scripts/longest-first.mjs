import { join } from 'node:path';
import { BaseSequencer } from 'vitest/node';
import { projectDir } from '../setup/paths.mjs';
import { testFiles } from './suites.mjs';

/**
 * The order of files where none of them was timed before, as in a fresh clone: those that say `// takes: long` begin
 * first. Whichever of them began last would be waited for alone.
 */
export class LongestFirst extends BaseSequencer {
  async sort(specifications) {
    const long = new Set(testFiles().flatMap(({ path, isLong }) => (isLong ? [join(projectDir, path)] : [])));
    const sorted = await super.sort(specifications);
    const isLong = ({ moduleId }) => long.has(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((one) => !isLong(one))];
  }
}
