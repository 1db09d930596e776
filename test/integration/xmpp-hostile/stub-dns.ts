/** A name server on loopback that says what it is told to say, or nothing. Only questions for SRV, A and AAAA (RFC 1035, 2782, 3596). */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';

export interface Zone {
  /** By name; weights are 0. */
  readonly srv?: Readonly<Record<string, readonly { readonly priority: number; readonly port: number; readonly host: string }[]>>;
  readonly a?: Readonly<Record<string, readonly string[]>>;
  readonly aaaa?: Readonly<Record<string, readonly string[]>>;
}
/** `silent`: no answer; `broken`: SERVFAIL. */
export type NameState = Zone | 'silent' | 'broken';

const types: Readonly<Record<number, keyof Zone>> = { 1: 'a', 28: 'aaaa', 33: 'srv' };
const headerBytes = 12;
const [noError, serverFailure, noSuchName] = [0, 2, 3];

export class StubDns {
  state: NameState = 'silent';
  readonly asked: string[] = [];
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (question, from) => this.#answer(question, from));
  }

  static async start(): Promise<StubDns> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => socket.once('error', reject).bind(0, '127.0.0.1', resolve));
    return new StubDns(socket);
  }

  /** As `dns.setServers` takes it. */
  get place(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(resolve));
  }

  #answer(question: Buffer, { port, address }: RemoteInfo): void {
    const { name, end } = readName(question);
    this.asked.push(name);
    if (this.state === 'silent') return;
    const records = this.state === 'broken' ? [] : recordsOf(this.state, types[question.readUInt16BE(end)], name);
    const code = this.state === 'broken' ? serverFailure : isKnown(this.state, name) ? noError : noSuchName;
    const header = Buffer.from(question.subarray(0, headerBytes));
    header.writeUInt16BE(0x84_00 | code, 2);
    header.writeUInt16BE(records.length, 6);
    header.fill(0, 8);
    this.#socket.send(Buffer.concat([header, question.subarray(headerBytes, end + 4), ...records]), port, address);
  }
}

function readName(question: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = headerBytes;
  for (let length = question.readUInt8(at); length > 0; length = question.readUInt8(at)) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

const isKnown = (zone: Zone, name: string): boolean => [zone.srv, zone.a, zone.aaaa].some((names) => names?.[name] !== undefined);

function recordsOf(zone: Zone, type: keyof Zone | undefined, name: string): Buffer[] {
  if (type === 'srv') return (zone.srv?.[name] ?? []).map(({ priority, port, host }) => record(33, Buffer.concat([shorts(priority, 0, port), writeName(host)])));
  if (type === 'a') return (zone.a?.[name] ?? []).map((address) => record(1, Buffer.from(address.split('.').map(Number))));
  if (type === 'aaaa') return (zone.aaaa?.[name] ?? []).map((address) => record(28, shorts(...address.split(':').map((part) => Number.parseInt(part, 16)))));
  return [];
}

/** Its name points at the question; it may be kept for no time. */
const record = (type: number, data: Buffer): Buffer => Buffer.concat([shorts(0xc0_0c, type, 1, 0, 0, data.length), data]);

const shorts = (...numbers: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(numbers.length * 2);
  for (const [index, number] of numbers.entries()) bytes.writeUInt16BE(number, index * 2);
  return bytes;
};

const writeName = (name: string): Buffer =>
  Buffer.concat([...name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label, 'latin1')])), Buffer.of(0)]);
