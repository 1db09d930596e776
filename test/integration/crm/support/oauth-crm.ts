import type { Connector, ConnectorContext, OAuthManifest } from '../../../../electron/engine/crm/connector.ts';
import { checkServerUrl } from '../../../../electron/engine/crm/http/check-server-url.ts';
import { asRecord, asText } from '../../../../electron/engine/crm/http/json-value.ts';
import { createMemoryCrm, type MemoryCrm } from '../../../unit/crm/memory-crm.ts';

const field = (name: string, kind: 'url' | 'text' | 'password', isRequired: boolean) => ({ name, kind, isRequired, isAdvanced: false });

/** A CRM of contacts and notes that is signed in to by OAuth: every write asks its server first. */
export function createOAuthCrm(more: Partial<OAuthManifest> = {}): MemoryCrm {
  const crm = createMemoryCrm();
  const oauth: OAuthManifest = {
    grant: 'authorization-code',
    authorizationEndpoint: ({ url = '' }) => `${url}/oauth/authorize`,
    tokenEndpoint: ({ url = '' }) => `${url}/oauth/token`,
    scopes: ['crm.read', 'crm.write'],
    clientIdField: 'clientId',
    clientSecretField: 'clientSecret',
    clientAuthentication: 'post',
    ...more,
  };
  const call = async ({ http, accessToken }: ConnectorContext, method: 'GET' | 'POST', path: string) =>
    http.send({ method, path, headers: { authorization: `Bearer ${await accessToken()}` } });
  const connector: Connector = {
    ...crm.connector,
    manifest: {
      ...crm.connector.manifest,
      id: 'oauth-crm',
      name: 'OAuth CRM',
      fields: [field('url', 'url', true), field('clientId', 'text', true), field('clientSecret', 'password', false)],
      oauth,
    },
    origin: ({ url = '' }) => checkServerUrl(url, { allowsPlainHttp: false }),
    probe: async (context) => {
      const { bytes } = await call(context, 'GET', '/api/me');
      const { login } = asRecord(JSON.parse(Buffer.from(bytes).toString('utf8')));
      return { isUsable: true, signedInAs: asText(login), version: null, findings: [] };
    },
    append: async (context, parent, chunk) => {
      await call(context, 'POST', '/api/notes');
      return crm.connector.append(context, parent, chunk);
    },
  };
  return { ...crm, connector };
}
