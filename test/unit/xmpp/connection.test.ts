import { describe, expect, it } from 'vitest';
import { Connection } from '../../../bridges/xmpp/stream/connection.ts';
import { element } from '../../../bridges/xmpp/stream/xml/element.ts';

/** A connection that reads on exactly as long as it is not told to stop. */
class EndlessConnection extends Connection {
  readonly transport = 'tcp';
  readonly endpoint = 'server.example:5222';
  readonly isProxied = false;
  readonly isSecure = true;
  readonly remoteAddress = null;
  readonly tlsFacts = null;
  isPaused = false;

  constructor() {
    super('server.example');
  }

  /** Reads until it is paused, but no more than `most`. @returns how many elements came */
  read(most: number): number {
    let count = 0;
    for (; count < most && !this.isPaused; count += 1) this.deliver(element('message', { id: String(count) }));
    return count;
  }

  openStream(): void {
    this.forgetReceived();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  channelBinding(): null {
    return null;
  }

  write(): void {}
  end(): void {}
  protected destroy(): void {}
}

describe('a server that talks on while the session is not there yet', () => {
  it('is not read any more, and is read on when all of it was taken', async () => {
    const connection = new EndlessConnection();
    const count = connection.read(100_000);
    expect(count).toBe(500);
    for (let index = 0; index < count; index += 1) {
      expect(connection.isPaused).toBe(true);
      expect((await connection.next(1_000)).attribute('id')).toBe(String(index));
    }
    expect(connection.isPaused).toBe(false);
  });

  it('is read on when the session stands, and nothing is lost', () => {
    const connection = new EndlessConnection();
    const count = connection.read(100_000);
    const heard: (string | undefined)[] = [];
    connection.listen({ onElement: (received) => heard.push(received.attribute('id')), onClose: () => undefined });
    expect(connection.isPaused).toBe(false);
    expect(heard).toEqual(Array.from({ length: count }, (_, index) => String(index)));
    expect(connection.read(2_000)).toBe(2_000);
    expect(heard).toHaveLength(count + 2_000);
  });

  it('is read on when the stream begins anew', () => {
    const connection = new EndlessConnection();
    connection.read(100_000);
    connection.openStream();
    expect(connection.isPaused).toBe(false);
    expect(connection.takeWaiting('message', 'jabber:client')).toBeNull();
  });
});
