// @vitest-environment jsdom
import { mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import { defineComponent, h, provide, ref, type VNode } from 'vue';
import type { ConversationFilter, Shell } from '#rpc';
import DoneButton from '../../../renderer/features/crm/DoneButton.vue';
import { createPushes, pushesKey } from '../../../renderer/features/crm/usePushes.ts';
import { useConversationList } from '../../../renderer/features/inbox/useConversationList.ts';
import { createMessages } from '../../../renderer/i18n/i18n.ts';
import { createEngineClient, createSession, engineKey, sessionKey } from '../../../renderer/rpc/index.ts';
import { createToasts, toastsKey } from '../../../renderer/ui/useToasts.ts';
import { createFakeEngine } from '../../kit/fake-engine/fake-engine-port.ts';
import { until } from '../../kit/until.ts';

const screenOf = (setup: () => () => VNode | null) => defineComponent({ setup });

const setUp = async () => {
  const client = createEngineClient({ connect: () => Promise.resolve(createFakeEngine({ conversationCount: 3, messageCount: 1 })) } as unknown as Shell);
  const session = createSession(client);
  await client.connect();
  const provide = { [engineKey as symbol]: client, [sessionKey as symbol]: session, [toastsKey as symbol]: createToasts() };
  const global = { plugins: [createMessages()], provide };
  const filter = ref<ConversationFilter>({});
  const selectedId = ref<number | null>(null);
  let list!: ReturnType<typeof useConversationList>;
  mount(screenOf(() => ((list = useConversationList(filter, selectedId)), () => null)), { global });
  await until(() => list.rows.value.length === 3, { label: 'the list' });
  return { client, global, filter, selectedId, list };
};

it('keeps the selected row under a filter that it no longer fits, but not what it said before', async () => {
  const { client, filter, selectedId, list } = await setUp();
  const [first, second] = list.rows.value;
  for (const row of [first!, second!]) await client.call('followUp.setDone', { conversationId: row.id, isDone: true });
  filter.value = { isDone: true };
  await until(() => list.rows.value.length === 2, { label: 'what is done' });
  selectedId.value = first!.id;
  await client.call('followUp.setDone', { conversationId: second!.id, isDone: false });
  await client.call('followUp.setDone', { conversationId: first!.id, isDone: false });
  await until(() => list.rows.value.length === 1 && !list.rows.value[0]!.isDone, { label: 'the selected row alone, without its mark' });
  expect(list.rows.value[0]?.id).toBe(first!.id);
});

it('a conversation that is done is opened again, also when that is pressed before the button knew', async () => {
  const { client, global, list } = await setUp();
  const { id } = list.rows.value[0]!;
  await client.call('followUp.setDone', { conversationId: id, isDone: true });
  await until(() => list.rows.value[0]?.isDone === true, { label: 'the conversation to be done' });
  const screen = screenOf(() => {
    provide(pushesKey, createPushes({ toConnections: () => undefined, toQueue: () => undefined }));
    return () => h(DoneButton, { conversationId: id });
  });
  const button = mount(screen, { global });
  await button.find('button').trigger('click');
  await until(() => list.rows.value.find((row) => row.id === id)?.isDone === false, { label: 'the conversation to be open' });
  await client.call('followUp.setDone', { conversationId: id, isDone: true });
  await until(() => button.find('button').attributes('aria-pressed') === 'true', { label: 'the button to hear of it' });
});
