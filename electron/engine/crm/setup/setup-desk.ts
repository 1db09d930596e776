import type { SetupInfo } from '#rpc';
import { readOne } from '../../store/statements.ts';
import { publicValues } from '../connection-values.ts';
import type { ConnectionDesk } from '../connection-desk.ts';
import type { Connector } from '../connector.ts';
import type { CrmDeps, CrmService } from '../crm-service.ts';
import { Permanent } from '../errors.ts';
import { connections, type ConnectionRecord } from '../ledger/connections.ts';
import { refusing } from '../refusing.ts';
import { safeFileName } from '../text/safe-file-name.ts';
import { keyIdOf, openConnectionKey } from '../workspace-key.ts';
import { parseSetup, writeSetup } from './setup-file.ts';

type SetupDesk = Pick<CrmService, 'exportSetup' | 'readSetup'>;
type Values = Readonly<Record<string, string>>;

/** One connection for a whole company: written into a file by one, read in by the others. */
export function createSetupDesk({ db, vault }: CrmDeps, desk: Pick<ConnectionDesk, 'get' | 'connectors' | 'manifestOf' | 'connectorOf'>): SetupDesk {
  return {
    exportSetup: ({ id, passphrase }) =>
      refusing(async () => {
        if (!vault.isOpen()) throw new Permanent('locked', { detail: 'secrets are sealed' });
        const { connectorId, name, values, redaction, isOneClick, rules } = desk.get(id);
        const manifest = desk.manifestOf(desk.get(id));
        const key = openConnectionKey(db, vault, id);
        const text = await writeSetup({ connectorId, name, values: sharable(manifest, values), redaction, isOneClick, rules, key }, passphrase);
        return { fileName: safeFileName(`palomar-${name}.json`), text };
      }),
    readSetup: ({ text }) => refusing(() => read(text)),
  };

  async function read(text: string): Promise<SetupInfo> {
    const { connectorId, name, values, key } = parseSetup(text);
    const connectorName = desk.connectors().find(({ id }) => id === connectorId)?.name ?? null;
    if (connectorName === null) return { connectorId, connectorName, name, values, server: null, known: [] };
    const like = connections.list(db).filter((one) => one.connectorId === connectorId);
    const connector = await desk.connectorOf({ connectorId });
    const server = originOf(connector, values);
    return {
      connectorId,
      connectorName,
      name,
      values,
      server,
      known: like.filter((one) => originOf(connector, one.values) === server).map((one) => knownOf(one, key.id)),
    };
  }

  function knownOf({ id, name }: ConnectionRecord, keyId: string): SetupInfo['known'][number] {
    const count = readOne<{ count: number }>(db, 'SELECT count(DISTINCT conversation_id) AS count FROM pushed_messages WHERE connection_id = ?', id);
    return { id, name, hasSameKey: keyIdOf(openConnectionKey(db, vault, id)) === keyId, pushedConversationCount: count?.count ?? 0 };
  }
}

/** A folder is one of this computer, and these are of the person who uses it: every colleague gives their own. */
const personalFields: ReadonlySet<string> = new Set(['user', 'senderAddress']);

const sharable = (manifest: Connector['manifest'], values: Values): Values => {
  const shared = new Set(manifest.fields.filter(({ name, kind }) => kind !== 'folder' && !personalFields.has(name)).map(({ name }) => name));
  return Object.fromEntries(Object.entries(publicValues(manifest, values)).filter(([name]) => shared.has(name)));
};

function originOf(connector: Connector, values: Values): string | null {
  try {
    return connector.origin(values);
  } catch (error) {
    if (error instanceof Permanent) return null;
    throw error;
  }
}
