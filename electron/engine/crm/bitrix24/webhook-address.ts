import { Permanent } from '../errors.ts';
import { checkServerUrl } from '../http/check-server-url.ts';

export interface WebhookAddress {
  /** `https://example.bitrix24.com`, also for links. */
  readonly server: string;
  /** `/rest/1/abcdef`: whoever knows it may do what its user may. Never in an error, never in a log. */
  readonly secretPath: string;
}

/**
 * The address of an inbound webhook as Bitrix24 shows it for copying, with or without a method behind it
 * (https://apidocs.bitrix24.com/local-integrations/local-webhooks.html).
 * @throws Permanent `rejected` | `no-encryption`
 */
export function readWebhookAddress(values: Readonly<Record<string, string>>): WebhookAddress {
  const [typed = ''] = (values['inboundWebhook'] ?? '').trim().split(/[?#]/);
  const [, server, user, code] = /^(.+?)\/rest\/(\d{1,10})\/([A-Za-z0-9]{8,64})(?:\/|$)/.exec(typed) ?? [];
  if (server === undefined || user === undefined || code === undefined) {
    throw new Permanent('rejected', { detail: 'not the address of an inbound webhook: https://…/rest/1/…/' });
  }
  return {
    server: checkServerUrl(server, { allowsPlainHttp: values['allowsPlainHttp'] === 'true' }),
    secretPath: `/rest/${user}/${code}`,
  };
}
