/** Types of apt-packages.mjs for the TypeScript that uses it. */
export interface PackagesAnswer {
  ok: boolean;
  missing: string[];
  /** Why something is still missing; empty when nothing is. */
  reason: string;
  /** The line that would install it; empty when nothing is missing. */
  line: string;
}

export declare const aptGroups: Readonly<Record<string, readonly string[]>>;
export declare function packagesOf(groups: readonly string[]): string[];
export declare function missingPackages(packages: readonly string[]): string[];
export declare function installLine(packages: readonly string[]): string;
export declare function ensurePackages(
  groups: readonly string[],
  options?: { log?: (line: string) => void; install?: boolean },
): Promise<PackagesAnswer>;
