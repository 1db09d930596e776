import type { ConnectorManifest } from '../connector.ts';
import { checkServerUrl } from '../http/check-server-url.ts';

const addressOf = ({ url = '' }: Readonly<Record<string, string>>): string => checkServerUrl(url, { allowsPlainHttp: false });

export const manifest: ConnectorManifest = {
  id: 'zendesk',
  name: 'Zendesk',
  verifiedAgainst: 'contract',
  fields: [
    { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://company.zendesk.com' },
    { name: 'user', kind: 'text', isRequired: false, isAdvanced: false, placeholder: 'agent@company.com' },
    { name: 'token', kind: 'password', isRequired: false, isAdvanced: false },
    { name: 'clientId', kind: 'text', isRequired: false, isAdvanced: false },
    { name: 'clientSecret', kind: 'password', isRequired: false, isAdvanced: true },
  ],
  recordKinds: ['ticket'],
  chooses: 'container',
  marker: 'body',
  filesTravelWithNote: true,
  // Zendesk takes 65,535 characters of HTML, and a sign of ours can become six of them.
  maxBodyChars: 10_000,
  maxFileBytes: 25 * 1000 * 1000,
  unique: { contact: 'marker', container: 'server', note: 'marker', file: 'marker' },
  canWithdraw: { contact: false, container: false, note: false, file: false },
  sendsMail: ['agents, as the triggers of the company say'],
  // https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/; a public client needs no secret
  oauth: {
    grant: 'authorization-code',
    authorizationEndpoint: (values) => `${addressOf(values)}/oauth/authorizations/new`,
    tokenEndpoint: (values) => `${addressOf(values)}/oauth/tokens`,
    scopes: ['read', 'write'],
    clientIdField: 'clientId',
    clientSecretField: 'clientSecret',
    clientAuthentication: 'post',
  },
};
