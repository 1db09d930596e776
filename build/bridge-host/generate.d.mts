export interface Bare {
  readonly homeserverPort: number;
  readonly bridgePorts: Readonly<Record<string, number>>;
}
export function generate(raw: unknown, folder: string, bare?: Bare | null): { files: string[] };
