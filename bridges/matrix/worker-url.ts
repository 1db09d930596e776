/**
 * Where the worker's code is. The expression is read by the packager too: it bundles the file named here and puts
 * the bundle's own address in place, so the same line works from source and in the built application.
 */
export const workerUrl = (): URL => new URL('./worker/main.ts', import.meta.url);
