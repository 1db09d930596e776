import { prepareE2e } from './prepare-e2e.ts';

/** vitest calls this before the first test file, and what it answers after the last one. */
export const setup = prepareE2e;
