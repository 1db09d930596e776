import type { ConnectorManifest } from '../connector.ts';
import { checkServerUrl } from '../http/check-server-url.ts';

/** The org's own address ("My Domain"): sign-in, API and records are all below it. */
export const orgAddress = (values: Readonly<Record<string, string>>): string => checkServerUrl(values['url'] ?? '', { allowsPlainHttp: false });

export const manifest: ConnectorManifest = {
  id: 'salesforce',
  name: 'Salesforce',
  verifiedAgainst: 'contract',
  fields: [
    { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://example.my.salesforce.com' },
    { name: 'clientId', kind: 'text', isRequired: true, isAdvanced: false, placeholder: '3MVG9…' },
    { name: 'clientSecret', kind: 'password', isRequired: false, isAdvanced: true },
    { name: 'recordKind', kind: 'choice', isRequired: false, isAdvanced: true, options: ['contact', 'case'] },
  ],
  recordKinds: ['contact', 'case'],
  chooses: 'contact',
  marker: 'field',
  filesTravelWithNote: false,
  // Comments of a task hold 32,000.
  maxBodyChars: 30_000,
  maxFileBytes: 25 * 1000 * 1000,
  unique: { contact: 'server', container: 'server', note: 'marker', file: 'marker' },
  canWithdraw: { contact: false, container: false, note: true, file: true },
  sendsMail: [],
  oauth: {
    grant: 'authorization-code',
    authorizationEndpoint: (values) => `${orgAddress(values)}/services/oauth2/authorize`,
    tokenEndpoint: (values) => `${orgAddress(values)}/services/oauth2/token`,
    scopes: ['api', 'refresh_token'],
    clientIdField: 'clientId',
    clientSecretField: 'clientSecret',
    clientAuthentication: 'post',
  },
};
