import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a test may ask a Request Tracker itself, past the connector under test. */
export interface RequestTrackerClient {
  /**
   * Asks REST2 itself, past the connector under test: `call('GET', '/ticket/1')`.
   * @throws Error with the status and the answer when it is not 2xx
   */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  /** How many mails RT would have sent since the start. Its default scrips are on, so a careless push shows here. */
  outgoingMailCount(): Promise<number>;
  /** Those mails as text. */
  outgoingMails(): Promise<string[]>;
}

/** The client for a server of the lab; works from any process of the same user. */
export function requestTrackerClient(place: { baseUrl: string; token: string; mailFolder: string }): RequestTrackerClient {
  const outgoingMails = async (): Promise<string[]> =>
    readdirSync(place.mailFolder).map((name) => readFileSync(join(place.mailFolder, name), 'utf8'));
  return {
    call: restCaller(place.baseUrl, place.token),
    outgoingMails,
    outgoingMailCount: async () => (await outgoingMails()).length,
  };
}

function restCaller(baseUrl: string, token: string): RequestTrackerClient['call'] {
  return async (method, path, body) => {
    const answer = await fetch(`${baseUrl}/REST/2.0${path}`, {
      method,
      headers: {
        authorization: `token ${token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Request Tracker answered ${answer.status} to ${method} ${path}: ${text.slice(0, 500)}`);
    return text === '' ? null : (JSON.parse(text) as unknown);
  };
}
