import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import { readJson } from '../http/read-json.ts';
import { postRpc } from './post-rpc.ts';

export interface OdooVersion {
  readonly major: number;
  /** As the server says it: `11.0`, `saas~18.2`. */
  readonly text: string;
}

/** From here on a key and JSON-2; JSON-RPC goes with Odoo 22. */
export const firstJson2 = 19;

/**
 * Which Odoo this is, asked once. `/web/version` came with 19; older ones answer on their RPC.
 * https://www.odoo.com/documentation/19.0/developer/reference/external_api.html
 */
export async function versionOf(context: ConnectorContext): Promise<OdooVersion> {
  const known = context.memory.get('version') as OdooVersion | undefined;
  if (known !== undefined) return known;
  const version = (await newVersion(context)) ?? (await oldVersion(context));
  context.memory.set('version', version);
  return version;
}

async function newVersion(context: ConnectorContext): Promise<OdooVersion | null> {
  const answer = await context.http.send({ path: '/web/version', signal: context.signal });
  if (answer.status !== 200 || !/json/.test(answer.headers.get('content-type') ?? '')) return null;
  const body = asRecord(readJson(answer));
  return toVersion(asArray(body['version_info'])[0], asText(body['version']));
}

async function oldVersion(context: ConnectorContext): Promise<OdooVersion> {
  const body = asRecord(await postRpc(context, 'common', 'version', []));
  const version = toVersion(asArray(body['server_version_info'])[0], asText(body['server_version']));
  if (version === null) throw new Permanent('server-incompatible', { detail: 'no Odoo at this address' });
  return version;
}

/** The first number is `saas~18` on Odoo's own servers. */
function toVersion(first: unknown, text: string): OdooVersion | null {
  const major = Number(/\d+/.exec(asText(first) || text)?.[0] ?? 0);
  return major === 0 ? null : { major, text: text.slice(0, 40) };
}
