import type { HostileCase } from '../hostile-server.ts';
import { flood, xmlBombs } from './bombs.ts';
import { faults } from './faults.ts';
import { knownHoles } from './known-holes.ts';

/** Every case there is, by its row. Rows 24 and 25 of the faults are row 10 of the holes and the tests of `find-endpoints`. */
export const allCases: readonly HostileCase[] = [...knownHoles, xmlBombs, ...faults, flood(100_000)];
