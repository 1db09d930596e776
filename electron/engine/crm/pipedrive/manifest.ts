import type { ConnectorManifest } from '../connector.ts';
import { checkServerUrl } from '../http/check-server-url.ts';

/** One for all companies; their records are below addresses of their own. */
const loginAddress = ({ loginUrl }: Readonly<Record<string, string>>): string => checkServerUrl(loginUrl || 'https://oauth.pipedrive.com', { allowsPlainHttp: false });

export const manifest: ConnectorManifest = {
  id: 'pipedrive',
  name: 'Pipedrive',
  verifiedAgainst: 'contract',
  fields: [
    { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://company.pipedrive.com' },
    { name: 'token', kind: 'password', isRequired: false, isAdvanced: false },
    { name: 'clientId', kind: 'text', isRequired: false, isAdvanced: false },
    { name: 'clientSecret', kind: 'password', isRequired: false, isAdvanced: false },
    { name: 'recordKind', kind: 'choice', isRequired: false, isAdvanced: true, options: ['person', 'deal', 'lead'] },
    { name: 'loginUrl', kind: 'url', isRequired: false, isAdvanced: true, placeholder: 'https://oauth.pipedrive.com' },
  ],
  recordKinds: ['person', 'deal', 'lead'],
  chooses: 'contact',
  marker: 'body',
  filesTravelWithNote: false,
  // Pipedrive takes about 100,000 bytes of HTML, and a sign of ours can become six of them.
  maxBodyChars: 15_000,
  maxFileBytes: 25 * 1000 * 1000,
  unique: { contact: 'marker', container: 'marker', note: 'marker', file: 'marker' },
  canWithdraw: { contact: true, container: true, note: true, file: true },
  sendsMail: [],
  // https://pipedrive.readme.io/docs/marketplace-oauth-authorization, which knows neither PKCE nor a word for the scope
  oauth: {
    grant: 'authorization-code',
    authorizationEndpoint: (values) => `${loginAddress(values)}/oauth/authorize`,
    tokenEndpoint: (values) => `${loginAddress(values)}/oauth/token`,
    scopes: [],
    clientIdField: 'clientId',
    clientSecretField: 'clientSecret',
    clientAuthentication: 'basic',
    isWithoutPkce: true,
  },
};
