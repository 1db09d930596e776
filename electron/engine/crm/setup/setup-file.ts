import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { PushRule, RedactionSettings } from '#rpc';
import { RpcFailure } from '../../rpc/rpc-failure.ts';
import { deriveKey } from '../../vault/passphrase-key.ts';
import { keyBytes, seal, unseal } from '../../vault/seal.ts';
import { keyIdOf } from '../workspace-key.ts';

/** What colleagues share of a connection. */
export interface SharedSetup {
  readonly connectorId: string;
  readonly name: string;
  /** No secrets, and no folders of somebody's computer. */
  readonly values: Readonly<Record<string, string>>;
  readonly redaction: RedactionSettings;
  readonly isOneClick: boolean;
  /** Those that mean the same on every computer: by network. Accounts and folders are one's own. */
  readonly rules: readonly PushRule[];
  /** From which the names of all that is written come. */
  readonly key: Uint8Array;
}

const base64 = (bytes: number) => z.base64().max(Math.ceil(bytes / 3) * 4);

const setupFile = () => z.strictObject({
  format: z.literal('palomar-crm-connection'),
  version: z.literal(1),
  connectorId: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  name: z.string().min(1).max(60),
  values: z.record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,39}$/), z.string().max(8_192)).refine((values) => Object.keys(values).length <= 40),
  redaction: z.strictObject({
    isIbanHidden: z.boolean(),
    isCardHidden: z.boolean(),
    isNationalIdHidden: z.boolean(),
    isCodeHidden: z.boolean(),
    words: z.array(z.string().min(1).max(100)).max(200),
  }),
  isOneClick: z.boolean(),
  rules: z.array(z.strictObject({ network: z.string().min(1).max(60), recordKind: z.string().min(1).max(60).nullable() })).max(100),
  key: z.strictObject({ id: z.string().regex(/^[0-9a-f]{16}$/), salt: base64(16), sealed: base64(128) }),
});

export type SetupFile = z.infer<ReturnType<typeof setupFile>>;

const maxCharacters = 131_072;

/** Always the same cost: a file cannot ask for more memory. OWASP's figures, as in the vault; every runtime has scrypt. */
const derivation = (salt: string) => ({ kind: 'scrypt', salt, cost: 2 ** 17, blockSize: 8 }) as const;

/** All that is not the key itself goes into its seal: an address that was changed on the way opens nothing. */
const contextOf = ({ key, ...rest }: SetupFile): string => {
  const values = Object.entries(rest.values).sort(([left], [right]) => (left < right ? -1 : 1));
  const said = JSON.stringify([rest.format, rest.version, rest.connectorId, rest.name, values, Object.entries(rest.redaction).sort(), rest.isOneClick, rest.rules.map(({ network, recordKind }) => [network, recordKind]), key.id]);
  return `palomar crm connection ${createHash('sha256').update(said).digest('hex')}`;
};

/** The text of a file for colleagues. The passphrase goes another way than the file. */
export async function writeSetup(setup: SharedSetup, passphrase: string): Promise<string> {
  const { key, ...visible } = setup;
  const salt = randomBytes(16).toString('base64');
  const file: SetupFile = { format: 'palomar-crm-connection', version: 1, ...plain(visible), key: { id: keyIdOf(key), salt, sealed: '' } };
  const sealed = seal(await deriveKey(passphrase, derivation(salt)), key, contextOf(file)).toString('base64');
  return `${JSON.stringify({ ...file, key: { ...file.key, sealed } }, null, 2)}\n`;
}

const plain = ({ connectorId, name, values, redaction, isOneClick, rules }: Omit<SharedSetup, 'key'>) => ({
  connectorId,
  name,
  values: { ...values },
  redaction: { ...redaction, words: [...redaction.words] },
  isOneClick,
  rules: rules.flatMap(({ accountId, folderId, network, recordKind }) => (accountId === undefined && folderId === undefined && network !== undefined ? [{ network, recordKind }] : [])),
});

/** @throws RpcFailure `file-damaged` for anything that is not such a file */
export function parseSetup(text: string): SetupFile {
  const parsed = text.length > maxCharacters ? null : setupFile().safeParse(parseJson(text));
  if (parsed?.success !== true) throw new RpcFailure('file-damaged', 'not a file of a connection', { detail: parsed?.error?.issues[0]?.path.join('.') });
  return parsed.data;
}

/** @throws RpcFailure `file-damaged` | `wrong-passphrase`: also when a single word of the file is not as it was written */
export async function openSetup(text: string, passphrase: string, connectorId: string): Promise<SharedSetup> {
  const file = parseSetup(text);
  if (file.connectorId !== connectorId) throw new RpcFailure('file-damaged', 'the file is for another product');
  const key = unseal(await deriveKey(passphrase, derivation(file.key.salt)), Buffer.from(file.key.sealed, 'base64'), contextOf(file));
  if (key === null) throw new RpcFailure('wrong-passphrase', 'the passphrase does not open this file, or the file was changed');
  if (key.length !== keyBytes || keyIdOf(key) !== file.key.id) throw new RpcFailure('file-damaged', 'the key is not the one it is said to be');
  return { ...plain(file), key };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
