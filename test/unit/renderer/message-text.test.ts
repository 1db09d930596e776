// @vitest-environment jsdom
import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import MessageText from '../../../renderer/features/conversation/MessageText.vue';
import { createMessages } from '../../../renderer/i18n/i18n.ts';

const show = (text: string) => mount(MessageText, { props: { text }, global: { plugins: [createMessages()] } });

describe('what somebody wrote', () => {
  it.each([
    '<img src=x onerror=alert(1)>',
    '<script>alert(1)</script>',
    '<style>*{position:fixed}</style>',
    '<svg/onload=alert(1)>',
    '{{ constructor.constructor("alert(1)")() }}',
    '"><iframe srcdoc="x">',
  ])('is text and nothing else: %s', (text) => {
    const view = show(text);
    expect(view.get('bdi').element.textContent).toBe(text);
    expect(view.get('bdi').element.querySelector('img, script, style, svg, iframe')).toBeNull();
    view.unmount();
  });

  it('is isolated in its own reading direction', () => {
    expect(show('\u202etxt.exe').get('bdi').attributes('dir')).toBe('auto');
  });

  it('asks the screen to open a link and never follows it by itself', async () => {
    const view = show('look https://example.org/x');
    const link = view.get('a');
    expect(link.attributes('rel')).toContain('noopener');
    const click = new MouseEvent('click', { bubbles: true, cancelable: true });
    link.element.dispatchEvent(click);
    expect(click.defaultPrevented).toBe(true);
    expect(view.emitted('openLink')).toEqual([['https://example.org/x']]);
  });

  it('draws a megabyte in one line as a beginning and a button', async () => {
    const view = show('x'.repeat(1_000_000));
    expect(view.get('bdi').element.textContent?.length).toBe(4_000);
    await view.get('button').trigger('click');
    expect(view.get('bdi').element.textContent?.length).toBe(1_000_000);
  });
});
