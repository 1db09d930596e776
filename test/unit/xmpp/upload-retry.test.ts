// needs: nothing
import { describe, expect, it, vi } from 'vitest';
import { BridgeError, type BridgeErrorCode } from '#bridge';
import { remoteConversationId, transactionId } from '#model';
import { Actions } from '../../../bridges/xmpp/actions.ts';
import { elementsOf, fakeEngine, martaLink } from '../../golden/xmpp/subject.ts';

const message = {
  conversationId: remoteConversationId('paul@oriente.example'),
  transactionId: transactionId('tx-1'),
  text: 'the plan',
  writtenAtMs: 0,
  attachment: { path: '/nowhere', name: 'plan.pdf', mime: 'application/pdf', sizeBytes: 5 },
};

const sendWith = async (...faults: BridgeErrorCode[]) => {
  const engine = fakeEngine();
  const link = martaLink(engine);
  let count = 0;
  const slots = vi.spyOn(link.services, 'requestSlot').mockImplementation(async () => {
    count += 1;
    return { putUrl: `https://up.example/put/${count}`, getUrl: `https://up.example/get/${count}`, headers: {} };
  });
  const upload = vi.spyOn(link.files, 'upload');
  for (const fault of faults) upload.mockRejectedValueOnce(new BridgeError(fault));
  upload.mockResolvedValue();
  const result = await new Actions(link, engine).send(message).then(
    () => null,
    (error: unknown) => (error as BridgeError).fault.code,
  );
  return { result, slots: slots.mock.calls.length, sent: engine.sent.join('') };
};

describe('a place for a file', () => {
  it('that fails is asked for anew, and the message names the new one', async () => {
    const { result, slots, sent } = await sendWith('server-unreachable');
    expect({ result, slots }).toEqual({ result: null, slots: 2 });
    expect(sent).toContain('https://up.example/get/2');
    expect(sent).not.toContain('https://up.example/get/1');
  });

  it('is not asked for a third time: then the outbox waits', async () => {
    expect(await sendWith('server-unreachable', 'server-unreachable')).toMatchObject({ result: 'server-unreachable', slots: 2, sent: '' });
  });

  it.each(['too-large', 'forbidden', 'cancelled'] as const)('is not asked for again after %s', async (fault) => {
    expect(await sendWith(fault)).toMatchObject({ result: fault, slots: 1, sent: '' });
  });

  it('is nothing to tell of once the other side encrypts, however long the file took', async () => {
    const engine = fakeEngine();
    const link = martaLink(engine);
    vi.spyOn(link.services, 'requestSlot').mockResolvedValue({ putUrl: 'https://up.example/put', getUrl: 'https://up.example/get', headers: {} });
    vi.spyOn(link.files, 'upload').mockImplementation(async () => {
      const [encrypted] = elementsOf(
        '<message type="chat" id="e" from="paul@oriente.example/x"><encrypted xmlns="eu.siacs.conversations.axolotl"><payload>AAAA</payload></encrypted><body>x</body></message>',
      );
      link.inbox.translate(encrypted === undefined ? [] : [encrypted]);
    });
    await expect(new Actions(link, engine).send(message)).rejects.toMatchObject({ fault: { code: 'encrypted-conversation' } });
    expect(engine.sent.join('')).not.toContain('up.example');
  });
});
