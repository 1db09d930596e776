// @vitest-environment jsdom
/** Hostile text in every place that shows what others wrote: it draws no element that harmless text would not draw. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import type { Component } from 'vue';
import type { ConversationRow, MessageRow, SearchHit, Shell } from '#rpc';
import MessageBubble from '../../../renderer/features/conversation/MessageBubble.vue';
import { rowDeedsKey } from '../../../renderer/features/conversation/row-deeds.ts';
import ConversationListRow from '../../../renderer/features/inbox/ConversationListRow.vue';
import HitLine from '../../../renderer/features/search/HitLine.vue';
import { createMessages } from '../../../renderer/i18n/i18n.ts';
import { createEngineClient, engineKey } from '../../../renderer/rpc/index.ts';
import { makeAttachment, makeConversations, makeMessages } from '../../kit/fake-engine/fake-data.ts';
import { createFakeEngine } from '../../kit/fake-engine/fake-engine-port.ts';

const payloads = [
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '<svg/onload=alert(1)>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<style>*{position:fixed}</style>',
  '<a href="javascript:alert(1)">x</a>',
  '"><button autofocus onfocus=alert(1)>',
  "' onmouseover='alert(1)",
  '</bdi></div><form action=//evil.example><input>',
  '<math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror=alert(1) src>">',
  '{{ constructor.constructor("alert(1)")() }}',
  '<template><img src=x></template>',
  '&lt;img src=x onerror=alert(1)&gt;',
  '<mark onclick=alert(1)>x</mark>',
] as const;

const nowMs = Date.UTC(2026, 10, 22);
const [conversation] = makeConversations(1, nowMs);
const [message] = conversation === undefined ? [] : makeMessages(conversation, 1, nowMs);
if (conversation === undefined || message === undefined) throw new Error('no sample data');

const port = createFakeEngine({ conversationCount: 1, messageCount: 1 });
const engine = createEngineClient({ connect: () => Promise.resolve(port) } as unknown as Shell);
const show = (component: Component, props: Record<string, unknown>) =>
  mount(component, { props, global: { plugins: [createMessages()], provide: { [engineKey as symbol]: engine, [rowDeedsKey as symbol]: {} } } });

const places: Readonly<Record<string, (text: string) => ReturnType<typeof show>>> = {
  'a message, its quote, its file and its reactions': (text) => {
    const row: MessageRow = {
      ...message,
      kind: 'message',
      text,
      senderName: text,
      replyTo: { messageId: null, senderName: text, excerpt: text },
      attachments: [makeAttachment(1, `${text}.pdf`, 'application/pdf')],
      reactions: [{ emoji: text, count: 1, isOwn: false, names: [text] }],
    };
    return show(MessageBubble, { row, isTrusted: false });
  },
  'a line of the list': (text) => {
    const row: ConversationRow = { ...conversation, title: text, lastText: text, lastSenderName: text, lastKind: 'message', pushTag: text };
    return show(ConversationListRow, { row, account: undefined, isSelected: false });
  },
  'a hit of the search': (text) => {
    const hit: SearchHit = {
      messageId: message.id,
      conversationId: conversation.id,
      conversationTitle: text,
      network: conversation.network,
      accountId: conversation.accountId,
      senderName: text,
      sentAtMs: nowMs,
      excerpt: text,
      marks: [[1, 4]],
    };
    return show(HitLine, { hit });
  },
};

const shapeOf = (element: Element): readonly string[] =>
  [...element.querySelectorAll('*')].map((one) => [one.tagName, ...one.getAttributeNames().filter((name) => name.startsWith('on'))].join(' '));

describe.each(Object.entries(places))('%s', (_place, draw) => {
  it.each(payloads)('shows %s as text', (payload) => {
    const harmless = draw('harmless words here');
    const hostile = draw(payload);
    expect(shapeOf(hostile.element)).toEqual(shapeOf(harmless.element));
    expect(hostile.element.textContent).toContain(payload);
    harmless.unmount();
    hostile.unmount();
  });
});

describe('the source of the page', () => {
  const folder = join(import.meta.dirname, '../../../renderer');
  const files = readdirSync(folder, { recursive: true }).map(String).filter((name) => /\.(?:vue|ts|html)$/.test(name));
  const sinks =
    /v-html|\.(?:inner|outer)HTML|insertAdjacentHTML|createContextualFragment|document\.write|DOMParser|srcdoc|\beval\(|new Function|setHTMLUnsafe|dangerouslySetInnerHTML|<component\s+:is="(?:row|file|hit)/;

  it('holds no way from text to markup', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((name) => sinks.test(readFileSync(join(folder, name), 'utf8')))).toEqual([]);
  });
});
