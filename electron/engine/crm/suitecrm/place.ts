import { checkServerUrl } from '../http/check-server-url.ts';

/**
 * Where the API answers. SuiteCRM 8 keeps it below `/legacy`; whoever runs version 7 gives the address up to `/Api`
 * (https://docs.suitecrm.com/developer/api/developer-setup-guide/json-api/).
 */
export function apiAddressOf(values: Readonly<Record<string, string>>, allowsPlainHttp = values['allowsPlainHttp'] === 'true'): string {
  const typed = checkServerUrl(values['url'] ?? '', { allowsPlainHttp });
  if (typed.endsWith('/Api')) return typed;
  return `${typed.replace(/\/(?:legacy|public)$/, '')}/legacy/Api`;
}

/** The page of a record in a browser. */
export function pageOf(values: Readonly<Record<string, string>>, module: 'Contacts' | 'Cases', id: string): string {
  const api = apiAddressOf(values, true);
  const place = encodeURIComponent(id);
  if (api.endsWith('/legacy/Api')) return `${api.slice(0, -'/legacy/Api'.length)}/#/${module.toLowerCase()}/record/${place}`;
  return `${api.slice(0, -'/Api'.length)}/index.php?module=${module}&action=DetailView&record=${place}`;
}
