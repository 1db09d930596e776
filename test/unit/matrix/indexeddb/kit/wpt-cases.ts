/**
 * What the web-platform tests of IndexedDB hold an implementation to (https://github.com/web-platform-tests/wpt, folder
 * IndexedDB), in our own words: for each of their files that applies, named here, the answers it wants. Requests on records and
 * cursors are compared at random besides (`random-program.ts`); README.md says which files are left out, and why.
 */
import type { WptCase } from './wpt-case.ts';
import { recordCases } from './wpt-records.ts';
import { transactionCases } from './wpt-transactions.ts';

export const wptCases: readonly WptCase[] = [...transactionCases, ...recordCases];
