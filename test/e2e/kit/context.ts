/** Where the things are that an end-to-end run needs; made by build/scripts/e2e-setup.mjs. */
export interface E2eContext {
  readonly appDir: string;
  readonly electron: string;
  readonly electronKind: 'official' | 'test';
  readonly node: string;
  /** The ordinary user that the app runs as; null: whoever runs the tests is one. */
  readonly user: { readonly name: string; readonly uid: number; readonly gid: number; readonly home: string } | null;
  readonly stagedDir: string | null;
  readonly display: string;
}

const variable = 'PALOMAR_E2E_CONTEXT';

/** Test files run in processes of their own; the environment reaches them all. */
export const publishContext = (context: E2eContext): void => {
  process.env[variable] = JSON.stringify(context);
};

export const hasContext = (): boolean => process.env[variable] !== undefined;

export const e2eContext = (): E2eContext => {
  const text = process.env[variable];
  if (text === undefined) throw new Error('call prepareE2e() first (the vitest project "e2e" does it by itself)');
  return JSON.parse(text) as E2eContext;
};
