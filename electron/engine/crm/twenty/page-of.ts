import { checkServerUrl } from '../http/check-server-url.ts';

/** The page of a record for people, who work at another address than programs in Twenty's cloud. */
export function pageOf(values: Readonly<Record<string, string>>, object: 'person' | 'opportunity', id: string): string {
  const api = checkServerUrl(values['url'] ?? '', { allowsPlainHttp: true });
  return `${api === 'https://api.twenty.com' ? 'https://app.twenty.com' : api}/object/${object}/${encodeURIComponent(id)}`;
}
