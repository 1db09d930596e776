import type { ConnectorManifest } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { checkServerUrl } from '../http/check-server-url.ts';

/** The environment's address: `https://example.crm4.dynamics.com`. */
export const environmentAddress = (values: Readonly<Record<string, string>>): string => checkServerUrl(values['url'] ?? '', { allowsPlainHttp: false });

/** Below the company's directory; other clouds (government, China) have a login host of their own. */
function loginAddress(values: Readonly<Record<string, string>>): string {
  const tenant = (values['tenant'] ?? '').trim();
  if (!/^[\w.-]{1,120}$/.test(tenant)) throw new Permanent('rejected', { detail: 'field tenant is no directory' });
  return `${checkServerUrl(values['loginUrl'] || 'https://login.microsoftonline.com', { allowsPlainHttp: false })}/${tenant}/oauth2/v2.0`;
}

export const manifest: ConnectorManifest = {
  id: 'dynamics',
  name: 'Dynamics 365',
  verifiedAgainst: 'contract',
  fields: [
    { name: 'url', kind: 'url', isRequired: true, isAdvanced: false, placeholder: 'https://example.crm4.dynamics.com' },
    { name: 'tenant', kind: 'text', isRequired: true, isAdvanced: false, placeholder: 'example.com' },
    { name: 'clientId', kind: 'text', isRequired: true, isAdvanced: false, placeholder: '00000000-0000-0000-0000-000000000000' },
    { name: 'clientSecret', kind: 'password', isRequired: false, isAdvanced: true },
    { name: 'loginUrl', kind: 'url', isRequired: false, isAdvanced: true, placeholder: 'https://login.microsoftonline.com' },
    { name: 'recordKind', kind: 'choice', isRequired: false, isAdvanced: true, options: ['contact', 'case'] },
  ],
  recordKinds: ['contact', 'case'],
  chooses: 'contact',
  marker: 'body',
  filesTravelWithNote: false,
  // A note holds 100,000 characters of HTML, and a sign of ours can become six of them.
  maxBodyChars: 15_000,
  // What a fresh environment takes is 5 MB; more when its administrator says so.
  maxFileBytes: 5 * 1000 * 1000,
  // Their ids are ours: UUIDs made of the key.
  unique: { contact: 'server', container: 'server', note: 'server', file: 'server' },
  canWithdraw: { contact: false, container: false, note: true, file: true },
  sendsMail: [],
  oauth: {
    grant: 'authorization-code',
    authorizationEndpoint: (values) => `${loginAddress(values)}/authorize`,
    tokenEndpoint: (values) => `${loginAddress(values)}/token`,
    scopes: (values) => [`${environmentAddress(values)}/user_impersonation`, 'offline_access'],
    clientIdField: 'clientId',
    clientSecretField: 'clientSecret',
    clientAuthentication: 'post',
  },
};
