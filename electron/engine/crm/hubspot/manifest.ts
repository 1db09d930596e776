import type { ConnectorManifest } from '../connector.ts';
import { checkServerUrl } from '../http/check-server-url.ts';

type Values = Readonly<Record<string, string>>;

/** Records and tokens; another address (a proxy) stands for the page to sign in to as well. */
export const apiAddress = ({ url }: Values): string => checkServerUrl(url || 'https://api.hubapi.com', { allowsPlainHttp: false });
const pageAddress = ({ url }: Values): string => checkServerUrl(url || 'https://app.hubspot.com', { allowsPlainHttp: false });

/** What a push reads and writes; the page wants the registration to have all of them. */
function scopesOf({ recordKind = 'contact' }: Values): readonly string[] {
  const kinds = recordKind === 'contact' ? ['contacts'] : ['contacts', `${recordKind}s`];
  return ['oauth', ...kinds.flatMap((kind) => [`crm.objects.${kind}.read`, `crm.objects.${kind}.write`, `crm.schemas.${kind}.read`]), 'files'];
}

export const manifest: ConnectorManifest = {
  id: 'hubspot',
  name: 'HubSpot',
  verifiedAgainst: 'contract',
  fields: [
    { name: 'token', kind: 'password', isRequired: false, isAdvanced: false, placeholder: 'pat-…' },
    { name: 'clientId', kind: 'text', isRequired: false, isAdvanced: false },
    { name: 'clientSecret', kind: 'password', isRequired: false, isAdvanced: false },
    { name: 'recordKind', kind: 'choice', isRequired: false, isAdvanced: true, options: ['contact', 'deal', 'ticket'] },
    { name: 'url', kind: 'url', isRequired: false, isAdvanced: true, placeholder: 'https://api.hubapi.com' },
  ],
  recordKinds: ['contact', 'deal', 'ticket'],
  chooses: 'contact',
  marker: 'body',
  filesTravelWithNote: false,
  // HubSpot takes 65,536 characters of HTML, and a sign of ours can become six of them.
  maxBodyChars: 10_000,
  maxFileBytes: 20 * 1000 * 1000,
  unique: { contact: 'server', container: 'server', note: 'marker', file: 'marker' },
  canWithdraw: { contact: false, container: false, note: true, file: true },
  sendsMail: [],
  // https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide, which knows no PKCE
  oauth: {
    grant: 'authorization-code',
    authorizationEndpoint: (values) => `${pageAddress(values)}/oauth/authorize`,
    tokenEndpoint: (values) => `${apiAddress(values)}/oauth/v3/token`,
    scopes: scopesOf,
    clientIdField: 'clientId',
    clientSecretField: 'clientSecret',
    clientAuthentication: 'post',
    isWithoutPkce: true,
  },
};
