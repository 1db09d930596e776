// needs: nothing
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BridgeError } from '#bridge';
import { streamOptions } from '../../../bridges/xmpp/account-settings.ts';
import type { FastToken } from '../../../bridges/xmpp/extensions/0484-fast.ts';
import { authenticate } from '../../../bridges/xmpp/stream/authenticate.ts';
import { Connection } from '../../../bridges/xmpp/stream/connection.ts';
import type { SignInMemory, SignInRecord } from '../../../bridges/xmpp/stream/sign-in-memory.ts';
import type { XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { elementsOf } from './subject.ts';

const folder = join(import.meta.dirname, 'sign-in');
const exporter = Buffer.alloc(32, 1);
const token: FastToken = { mechanism: 'HT-SHA-256-EXPR', token: 'secret-token:fast-golden', expiresAtMs: Date.UTC(2999, 0, 1) };

/** A connection that answers with what stands in a file. */
class ScriptedConnection extends Connection {
  readonly transport = 'tcp';
  readonly endpoint = 'example.org:5222';
  readonly isProxied = false;
  readonly isSecure = true;
  readonly remoteAddress = null;
  readonly tlsFacts = null;
  readonly written: string[] = [];
  readonly #answers: XmlElement[];

  constructor(answers: readonly XmlElement[]) {
    super('example.org');
    this.#answers = [...answers];
  }

  openStream(): void {
    this.written.push('(stream)');
  }

  write(xml: string): void {
    this.written.push(xml);
    const answer = this.#answers.shift();
    if (answer !== undefined) this.deliver(answer);
  }

  channelBinding(type: string): Buffer | null {
    return type === 'tls-exporter' ? exporter : null;
  }

  pause(): void {}
  resume(): void {}
  end(): void {}
  protected destroy(): void {}
}

/** What the server offers and answers (`*.xml`), what we ask for, and what we make of it (`*.json`). */
describe('signed in by token', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.xml'))) {
    it(file.replace('.xml', ''), async () => {
      const proof = createHmac('sha256', token.token).update('Responder').update(exporter).digest('base64');
      const [features, ...answers] = elementsOf(readFileSync(join(folder, file), 'utf8').replace('PROOF', proof));
      if (features === undefined) throw new Error('no features');
      let record: SignInRecord = { userAgentId: 'd4565fa7-4d72-4749-b3d3-740edbf87770', strongest: null, token, lastWay: null };
      const memory: SignInMemory = {
        read: () => Promise.resolve(record),
        update: (change) => Promise.resolve(void (record = { ...record, ...change })),
      };
      const never = (): Promise<string> => Promise.reject(new Error('no password is needed'));
      const credentials = { memory, findPassword: never, findProxyPassword: never };
      const options = streamOptions('user@example.org', credentials, { isPlainAllowed: false }, {});
      const connection = new ScriptedConnection(answers);
      const resumable = file.includes('resume') ? { id: 'earlier', inbound: 12 } : null;
      const plan = { resumable, isActive: !file.includes('fresh') };
      const outcome = await authenticate({ connection, features }, options, plan).catch((error: unknown) => {
        if (error instanceof BridgeError) return { fault: error.fault };
        throw error;
      });
      const said = { written: connection.written, outcome, token: record.token };
      await expect(`${JSON.stringify(said, null, 2)}\n`).toMatchFileSnapshot(join(folder, file.replace('.xml', '.json')));
    });
  }
});
