import { describe, expect, it } from 'vitest';
import { publishPrivately } from '../../../bridges/xmpp/publish-private.ts';
import { StanzaError } from '../../../bridges/xmpp/stream/stanza-error.ts';
import { element } from '../../../bridges/xmpp/stream/xml/element.ts';
import { serialize } from '../../../bridges/xmpp/stream/xml/serialize.ts';

const item = (id: string) => ({ id, payload: element('conference', { xmlns: 'urn:xmpp:bookmarks:1' }) });

/** A server that answers each request with the next of these refusals, and takes everything when there are none left. */
function serverThatRefuses(...conditions: (string | null)[]) {
  const asked: string[] = [];
  const engine = {
    request({ payload }: { readonly payload: Parameters<typeof serialize>[0] }) {
      asked.push(serialize(payload));
      const condition = conditions.shift() ?? null;
      if (condition !== null) return Promise.reject(new StanzaError(condition, undefined, undefined));
      return Promise.resolve(element('iq', { type: 'result' }));
    },
  };
  return { engine, asked };
}

describe('a private item', () => {
  it('goes with all options where the server knows them', async () => {
    const { engine, asked } = serverThatRefuses();
    await publishPrivately(engine, 'node', item('a'));
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain('pubsub#max_items');
    expect(asked[0]).toContain('whitelist');
  });

  it('is never open to others, and its node keeps many, where the server knows two options', async () => {
    const { engine, asked } = serverThatRefuses('resource-constraint');
    await publishPrivately(engine, 'node', item('a'));
    await publishPrivately(engine, 'node', item('b'));
    expect(asked).toHaveLength(4);
    expect(asked[1]).not.toContain('pubsub#max_items');
    expect(asked[1]).toContain('whitelist');
    expect(asked[2]).toMatch(/configure.*node_config.*pubsub#max_items/s);
    expect(asked[3]).toContain('id="b"');
    expect(asked[3]).not.toContain('pubsub#max_items');
  });

  it('stays out of a node that others may look into', async () => {
    const { engine, asked } = serverThatRefuses('conflict', 'conflict');
    await expect(publishPrivately(engine, 'node', item('a'))).rejects.toMatchObject({ condition: 'conflict' });
    expect(asked.every((text) => text.includes('whitelist'))).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it('is not sent twice when the server refuses for another reason', async () => {
    const { engine, asked } = serverThatRefuses('forbidden');
    await expect(publishPrivately(engine, 'node', item('a'))).rejects.toMatchObject({ condition: 'forbidden' });
    expect(asked).toHaveLength(1);
  });
});
