import { requireProgram } from '../core/find-program.ts';
import { runCommand } from '../core/run-command.ts';

export interface GoSendOptions {
  /** Bare JID. */
  jid: string;
  password: string;
  host: string;
  /** The port for STARTTLS. */
  port: number;
  caFile: string;
  to: string;
  text: string;
  /** The recipient is a room, which is entered under this name. */
  asOccupant?: string | undefined;
}

/** Sends one message with go-sendxmpp, an XMPP implementation that is neither ours nor Python's. Waits until it is out. */
export async function sendWithGo(options: GoSendOptions): Promise<void> {
  const { jid, password, host, port, caFile, to, text, asOccupant } = options;
  const login = ['--username', jid, '--password', password, '--jserver', `${host}:${port}`];
  const room = asOccupant === undefined ? [] : ['--chatroom', '--alias', asOccupant];
  const env = { ...process.env, SSL_CERT_FILE: caFile };
  await runCommand(requireProgram('go-sendxmpp'), [...login, ...room, to], { env, input: text, timeoutMs: 20_000 });
}
