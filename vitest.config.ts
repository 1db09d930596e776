import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

/** One project per kind of test; `build/scripts/suites.mjs` says what each needs and how long it may take. */
const project = (name: string, options: { readonly testTimeoutMs: number; readonly isParallel: boolean; readonly setup?: string }) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: options.testTimeoutMs,
    hookTimeout: options.testTimeoutMs * 2,
    fileParallelism: options.isParallel,
    ...(options.setup === undefined ? {} : { globalSetup: [options.setup] }),
  },
});

export default defineConfig({
  plugins: [vue()],
  test: {
    pool: 'forks',
    maxWorkers: 2,
    // A test that was left focused or that matched nothing must not pass unseen.
    allowOnly: false,
    passWithNoTests: false,
    projects: [
      project('unit', { testTimeoutMs: 15_000, isParallel: true }),
      project('golden', { testTimeoutMs: 15_000, isParallel: true }),
      project('contract', { testTimeoutMs: 30_000, isParallel: true }),
      project('migrations', { testTimeoutMs: 30_000, isParallel: true }),
      project('conformance', { testTimeoutMs: 120_000, isParallel: true, setup: './test/lab/global-setup.ts' }),
      project('integration', { testTimeoutMs: 180_000, isParallel: true, setup: './test/lab/global-setup.ts' }),
      project('e2e', { testTimeoutMs: 120_000, isParallel: false, setup: './test/e2e/kit/global-setup.ts' }),
    ],
  },
});
