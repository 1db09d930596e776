import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../kit/until.ts';
import { requireProgram } from '../core/find-program.ts';
import { runCommand } from '../core/run-command.ts';
import { createRunFolder, removeRunFolder } from '../core/run-folder.ts';
import { ServerProcess } from '../core/server-process.ts';

export interface ProfanityPeerOptions {
  jid: string;
  password: string;
  host: string;
  /** The port for STARTTLS. */
  port: number;
}

export interface ProfanityPeer {
  jid: string;
  dir: string;
  /** Types a line into it: a command (`/msg ben@xmpp.test`) or what to say in the open chat. */
  type(line: string): Promise<void>;
  /** Opens a chat with somebody and says something. */
  say(to: string, text: string): Promise<void>;
  /** What stands in its window, what has scrolled off included. */
  screen(): Promise<string>;
  /** Waits until its window shows this, and answers with the whole of it. */
  waitForText(pattern: RegExp): Promise<string>;
  stop(): Promise<void>;
}

const preferences = `[ui]
splash=false
vercheck=false
wrap=false
time.chat=off
time.console=off
resource.title=false
[chatstates]
enabled=true
[logging]
chlog=false
[connection]
autoping=0
`;

/** Starts profanity, a client for the terminal, in a tmux of its own, and signs it in; it is driven by keys like a person does. */
export async function startProfanityPeer({ jid, password, host, port }: ProfanityPeerOptions): Promise<ProfanityPeer> {
  const [tmux, profanity] = [requireProgram('tmux'), requireProgram('profanity')];
  const folder = createRunFolder('profanity');
  const socket = join(folder, 'tmux.sock');
  mkdirSync(join(folder, 'config', 'profanity'), { recursive: true });
  writeFileSync(join(folder, 'config', 'profanity', 'profrc'), preferences);
  const env = {
    ...process.env,
    ...{ HOME: folder, XDG_CONFIG_HOME: join(folder, 'config'), XDG_DATA_HOME: join(folder, 'data') },
    ...{ LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TERM: 'xterm-256color', TMUX: '' },
  };
  const server = new ServerProcess({
    name: 'tmux',
    command: tmux,
    args: ['-D', '-u', '-f', '/dev/null', '-S', socket],
    cwd: folder,
    env,
    outputFile: join(folder, 'tmux.log'),
    isReady: async () => existsSync(socket),
  });
  const ask = (...words: string[]): Promise<string> => runCommand(tmux, ['-u', '-S', socket, ...words], { env });
  const type = async (line: string): Promise<void> => {
    await ask('send-keys', '-t', 'peer', '-l', '--', line);
    await ask('send-keys', '-t', 'peer', 'Enter');
  };
  const screen = (): Promise<string> => ask('capture-pane', '-p', '-J', '-S', '-500', '-t', 'peer');
  const waitForText = async (pattern: RegExp): Promise<string> => {
    const find = async (): Promise<string | false> => {
      const text = await screen();
      if (pattern.test(text)) return text;
      throw new Error(`the window shows:\n${text.trimEnd()}`);
    };
    return until(find, { timeoutMs: 20_000, intervalMs: 100, label: `${pattern} in profanity` });
  };
  const stop = async (): Promise<void> => {
    if (server.isUp) await ask('kill-server').catch(() => {});
    await server.stop();
    removeRunFolder(folder);
  };
  try {
    await server.start();
    const log = join(folder, 'profanity.log');
    await ask('new-session', '-d', '-s', 'peer', '-x', '180', '-y', '50', profanity, '--log', 'INFO', '--logfile', log);
    await waitForText(/Profanity/);
    await type(`/connect ${jid} server ${host} port ${port} tls trust`);
    await waitForText(/password:/i);
    await type(password);
    await waitForText(/logged in successfully/);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...{ jid, dir: folder, type, screen, waitForText, stop },
    async say(to, text) {
      await type(`/msg ${to} ${text}`);
    },
  };
}
