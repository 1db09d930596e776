import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './build/scripts/longest-first.mjs';

// Every file is a process and many start more: what they load is compiled once and not once in each of them.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('.cache/node-compile', import.meta.url));

/** One project per kind of test; `build/scripts/suites.mjs` says what each needs and how long it may take. */
const project = (name: string, order: number, options: { readonly testTimeoutMs: number; readonly workers: number; readonly setup?: string }) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: options.testTimeoutMs,
    hookTimeout: options.testTimeoutMs * 2,
    maxWorkers: options.workers,
    // Kinds with another number of workers never run at the same time in one vitest.
    sequence: { groupOrder: order },
    ...(options.setup === undefined ? {} : { globalSetup: [options.setup] }),
  },
});

export default defineConfig({
  plugins: [vue()],
  test: {
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    // A test that was left focused or that matched nothing must not pass unseen.
    allowOnly: false,
    passWithNoTests: false,
    projects: [
      project('unit', 0, { testTimeoutMs: 15_000, workers: 2 }),
      project('golden', 1, { testTimeoutMs: 15_000, workers: 2 }),
      project('contract', 2, { testTimeoutMs: 30_000, workers: 2 }),
      project('migrations', 3, { testTimeoutMs: 30_000, workers: 2 }),
      // These mostly wait for servers, so that more of them than there are cores fill the time.
      project('conformance', 4, { testTimeoutMs: 180_000, workers: 3, setup: './test/lab/global-setup.ts' }),
      project('integration', 5, { testTimeoutMs: 180_000, workers: 2, setup: './test/lab/global-setup.ts' }),
      // One window at a time: two would take the focus from each other.
      project('e2e', 6, { testTimeoutMs: 120_000, workers: 1, setup: './test/e2e/kit/global-setup.ts' }),
    ],
  },
});
