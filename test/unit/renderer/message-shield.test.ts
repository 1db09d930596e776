// @vitest-environment jsdom
// needs: nothing
import { mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import { messageShields } from '#model';
import MessageShield from '../../../renderer/features/conversation/MessageShield.vue';
import { createMessages } from '../../../renderer/i18n/i18n.ts';

it.each(messageShields)('%s has a word beside the message, and says on request what it means', async (shield) => {
  const view = mount(MessageShield, { props: { shield }, global: { plugins: [createMessages()] } });
  const sign = view.get('button');
  expect(sign.text()).not.toBe('');
  expect(view.text()).not.toContain('encryption.');
  expect(view.find('[role=status]').exists()).toBe(false);
  await sign.trigger('click');
  expect(sign.attributes('aria-expanded')).toBe('true');
  expect(view.get('[role=status]').text()).toBe(sign.attributes('title'));
});
