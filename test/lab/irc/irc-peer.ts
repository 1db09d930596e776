import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { until } from '../../kit/until.ts';

export interface IrcPeer {
  readonly nick: string;
  /** Every line the server sent, as it stood on the wire. */
  readonly lines: readonly string[];
  join(channel: string): Promise<void>;
  part(channel: string, reason?: string): void;
  /** Writes to a channel or a nick. */
  say(target: string, text: string): void;
  /** What people type as `/me …`. */
  act(target: string, text: string): void;
  setTopic(channel: string, topic: string): void;
  setNick(nick: string): Promise<void>;
  kick(channel: string, nick: string, reason?: string): void;
  /** Any line of the protocol. */
  sendRaw(line: string): void;
  /** The first line that matches, sent by now or within 15 s. */
  waitForLine(pattern: RegExp): Promise<string>;
  /** The first text from somebody to a channel or to us: what stands behind the colon. */
  waitForText(from: string, to: string, isWanted?: (text: string) => boolean): Promise<string>;
  stop(): Promise<void>;
}

/** Connects to an IRC server with a bare socket (RFC 1459): what others say is asserted on the wire, by no library. */
export async function startIrcPeer(options: { host: string; port: number; nick: string }): Promise<IrcPeer> {
  let { nick } = options;
  const lines: string[] = [];
  const socket = connect(options.port, options.host);
  const ended = new AbortController();
  socket.on('error', (error) => ended.abort(error));
  socket.on('close', () => ended.abort(new Error('the IRC server closed the connection')));
  const sendRaw = (line: string): void => void socket.write(`${line}\r\n`);
  readLines(socket, (line) => {
    if (line.startsWith('PING')) sendRaw(`PONG${line.slice(4)}`);
    else lines.push(line);
  });
  const waitForLine = async (pattern: RegExp): Promise<string> =>
    until(() => lines.find((line) => pattern.test(line)), {
      timeoutMs: 15_000,
      label: `an IRC line ${pattern} among\n${lines.slice(-30).join('\n')}\n`,
      signal: ended.signal,
    });
  const textOf = (from: string, to: string, line: string): string | undefined => {
    const prefix = new RegExp(`^:${escape(from)}!\\S+ PRIVMSG ${escape(to)} :`).exec(line)?.[0];
    return prefix === undefined ? undefined : line.slice(prefix.length);
  };
  sendRaw(`NICK ${nick}`);
  sendRaw(`USER ${nick} 0 * :${nick} of the lab`);
  await waitForLine(/^:\S+ 001 /);
  return {
    get nick() {
      return nick;
    },
    lines,
    async join(channel) {
      sendRaw(`JOIN ${channel}`);
      await waitForLine(new RegExp(`^:\\S+ 366 \\S+ ${escape(channel)} `));
    },
    part: (channel, reason = 'bye') => sendRaw(`PART ${channel} :${reason}`),
    say: (target, text) => sendRaw(`PRIVMSG ${target} :${text}`),
    act: (target, text) => sendRaw(`PRIVMSG ${target} :\u0001ACTION ${text}\u0001`),
    setTopic: (channel, topic) => sendRaw(`TOPIC ${channel} :${topic}`),
    async setNick(wanted) {
      sendRaw(`NICK ${wanted}`);
      await waitForLine(new RegExp(`^:\\S+ NICK :?${escape(wanted)}$`));
      nick = wanted;
    },
    kick: (channel, who, reason = 'out') => sendRaw(`KICK ${channel} ${who} :${reason}`),
    sendRaw,
    waitForLine,
    async waitForText(from, to, isWanted = () => true) {
      const find = (): string | undefined =>
        lines.map((line) => textOf(from, to, line)).find((text) => text !== undefined && isWanted(text));
      return until(find, { timeoutMs: 15_000, label: `a text from ${from} to ${to}`, signal: ended.signal });
    },
    async stop() {
      if (socket.destroyed) return;
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.end('QUIT :bye\r\n');
      const timer = setTimeout(() => socket.destroy(), 2_000);
      await closed;
      clearTimeout(timer);
    },
  };
}

function readLines(socket: Socket, onLine: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) onLine(part.replace(/\r$/, ''));
  });
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
