// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTypingThrottle } from '../../../renderer/features/composer/typing-throttle.ts';
import { parseFindings } from '../../../renderer/features/crm/parse-findings.ts';
import { firstChoice, hasSomethingToPush, reasonKey } from '../../../renderer/features/crm/push-choice.ts';
import { matchCommands } from '../../../renderer/features/search/commands.ts';
import { systemLocale } from '../../../renderer/i18n/i18n.ts';
import { formatRoute, parseRoute } from '../../../renderer/routes.ts';
import { makePreview } from '../../kit/fake-engine/fake-crm.ts';

describe('typing notices', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are told once in four seconds and taken back after a pause', () => {
    const told: boolean[] = [];
    const typing = createTypingThrottle((isTyping) => told.push(isTyping));
    for (let key = 0; key < 30; key++) {
      typing.typed(false);
      vi.advanceTimersByTime(100);
    }
    expect(told).toEqual([true]);
    vi.advanceTimersByTime(6_000);
    expect(told).toEqual([true, false]);
  });

  it('stop at once when the text is gone, and never say so twice', () => {
    const told: boolean[] = [];
    const typing = createTypingThrottle((isTyping) => told.push(isTyping));
    typing.typed(false);
    typing.typed(true);
    typing.stop();
    expect(told).toEqual([true, false]);
  });
});

describe('routes', () => {
  it.each([
    { name: 'inbox', conversationId: 4, messageId: 9 },
    { name: 'inbox', conversationId: null, messageId: null },
    { name: 'search', query: 'año/50 %' },
    { name: 'settings', section: 'about' },
    { name: 'pushes' },
  ] as const)('survive the address bar: $name', (route) => {
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });

  it.each(['#/inbox/-1', '#/inbox/1e9', '#/__proto__', '#/search/%E0%A4%A', '#javascript:alert(1)', ''])('make the best of %s', (hash) => {
    expect(['inbox', 'search']).toContain(parseRoute(hash).name);
    expect(formatRoute(parseRoute(hash))).toMatch(/^#\/(inbox|search)/u);
  });
});

describe('a push', () => {
  const preview = makePreview(1);

  it('stands on the suggestion only when it is offered', () => {
    expect(firstChoice(preview)).toBe('party-1042');
    expect(firstChoice({ ...preview, suggestedKey: null })).toBeNull();
    expect(firstChoice({ ...preview, suggestedKey: 'gone' })).toBeNull();
  });

  it('is not offered when nothing would be written', () => {
    expect(hasSomethingToPush({ ...preview, parts: [], files: [] })).toBe(false);
    expect(hasSomethingToPush({ ...preview, newMessageCount: 0, files: [] })).toBe(true);
  });

  it('has a sentence for a reason of the future', () => {
    expect(reasonKey({ ...preview.options[0]!, reason: 'something-new' })).toBe('crm.reason.other');
  });

  it('reads the list of findings out of a refusal, and nothing else', () => {
    const findings = [{ severity: 'error', code: 'queue-missing', detail: 'General' }];
    expect(parseFindings(JSON.stringify(findings))).toEqual(findings);
    expect(parseFindings(JSON.stringify({ findings }))).toEqual(findings);
    for (const detail of [undefined, '', 'ECONNREFUSED', '[1,null,{}]', '{"findings":3}', '[broken']) expect(parseFindings(detail)).toEqual([]);
  });
});

describe('the palette', () => {
  const commands = ['Añadir una cuenta', 'Apariencia: oscura', 'Abrir los ajustes'].map((label) => ({ id: label, label, act: () => undefined }));

  it('finds commands by beginnings of words, accents folded', () => {
    expect(matchCommands(commands, 'cuen ana').map(({ id }) => id)).toEqual(['Añadir una cuenta']);
    expect(matchCommands(commands, 'OSC')).toHaveLength(1);
    expect(matchCommands(commands, 'zzz')).toEqual([]);
    const accounts = [{ id: 'account', label: 'Cuenta: ana@example.org', act: () => undefined }];
    expect(matchCommands(accounts, 'Cuenta: ana')).toHaveLength(1);
    expect(matchCommands(commands, ' ')).toHaveLength(3);
  });
});

describe('the language of the system', () => {
  it('is the first of ours that the system prefers', () => {
    expect(systemLocale(['fr-FR', 'es-MX', 'en'])).toBe('es');
    expect(systemLocale(['et'])).toBe('et');
    expect(systemLocale(['zh'])).toBe('en');
  });
});
