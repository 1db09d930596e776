// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import type { AttachmentId, AttachmentRow, Shell } from '#rpc';
import MessageAttachment from '../../../renderer/features/conversation/MessageAttachment.vue';
import { createMessages } from '../../../renderer/i18n/i18n.ts';
import { createEngineClient, engineKey } from '../../../renderer/rpc/index.ts';
import { createFakeEngine } from '../../kit/fake-engine/fake-engine-port.ts';

const photo: AttachmentRow = {
  id: 1 as AttachmentId,
  name: 'photo.png',
  mime: 'image/png',
  sizeBytes: 20_000,
  widthPx: 480,
  heightPx: 320,
  durationMs: null, thumbnail: null, waveform: null, state: 'remote',
  fault: null,
};

/** How often the file was asked for just by being on the screen. */
const fetchesOf = async (isTrusted: boolean, file: Partial<AttachmentRow> = {}): Promise<number> => {
  const engine = createFakeEngine({ conversationCount: 1, messageCount: 1 });
  const client = createEngineClient({ connect: () => Promise.resolve(engine) } as unknown as Shell);
  await client.connect();
  const view = mount(MessageAttachment, {
    props: { file: { ...photo, ...file }, isTrusted, isPushed: false },
    global: { plugins: [createMessages()], provide: { [engineKey as symbol]: client } },
  });
  await flushPromises();
  view.unmount();
  return engine.calls.filter((call) => call.method === 'files.fetch').length;
};

describe('an image on the screen', () => {
  it('loads by itself from our own server', async () => expect(await fetchesOf(true)).toBe(1));
  it('waits for a click when a contact chose the address', async () => expect(await fetchesOf(false)).toBe(0));
  it('waits for a click when it is large or of unknown size', async () => {
    expect(await fetchesOf(true, { sizeBytes: 50_000_000 })).toBe(0);
    expect(await fetchesOf(true, { sizeBytes: null })).toBe(0);
  });
});
