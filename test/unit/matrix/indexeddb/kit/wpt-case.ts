import type { World } from './wpt-world.ts';

export interface WptCase {
  /** The file of the web-platform tests, without its ending. */
  readonly file: string;
  run(world: World): Promise<unknown>;
  readonly answer: unknown;
}
