import { ConnectorError, Permanent, Unknown } from '../errors.ts';

/** What the file system says, in the words of a connector. */
export function folderFault(error: unknown, place: string): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return new Permanent('disk-full', { detail: place });
  if (code === 'ENOENT' || code === 'ENOTDIR') return new Permanent('folder-missing', { detail: place });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ELOOP') {
    return new Permanent('folder-not-writable', { detail: `${code} ${place}` });
  }
  return new Unknown({ detail: code ?? String(error) });
}

/** `ENOENT` and its kin; null for anything that is no system error. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
