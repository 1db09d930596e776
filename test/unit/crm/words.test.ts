import { afterEach, describe, expect, it } from 'vitest';
import type { AttachmentId, MessageId } from '#rpc';
import { blocksOf, chunksOf } from '../../../electron/engine/crm/core/build-chunks.ts';
import { createPushKeys } from '../../../electron/engine/crm/core/keys.ts';
import { readMarker } from '../../../electron/engine/crm/core/marker.ts';
import type { PushEntry } from '../../../electron/engine/crm/core/push-entry.ts';
import { spareChars, wordLocaleOf, wordsOf } from '../../../electron/engine/crm/text/words.ts';
import type { WordLocale } from '../../../electron/engine/crm/text/words.ts';
import { manifest as tryton } from '../../../electron/engine/crm/tryton/manifest.ts';
import { openPushWorld } from '../../integration/crm/support/push-world.ts';
import type { PushWorld } from '../../integration/crm/support/push-world.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { createMemoryCrm } from './memory-crm.ts';

const locales = ['en', 'es', 'et'] as const;
const keys = createPushKeys(Buffer.alloc(32, 3));
const startMs = Date.UTC(2026, 10, 20, 9, 0, 0);
const lostFile = 7 as AttachmentId;

const entry = (index: number): PushEntry => ({
  kind: index % 3 === 0 ? 'edit' : index % 3 === 1 ? 'deletion' : 'message',
  id: `m${index}`,
  messageId: index as MessageId,
  version: 1,
  sentAtMs: startMs + index * 60_000,
  changedAtMs: startMs + index * 61_000,
  senderName: 'Marta',
  isOwn: false,
  isAction: false,
  text: index % 3 === 1 ? '' : 'x'.repeat(index === 30 ? 3_000 : index),
  replyTo: null,
  files: index % 3 === 2 ? [{ attachmentId: lostFile, stableId: 'a', name: 'plan.pdf', mime: '', sizeBytes: 10 }] : [],
});

function notesIn(locale: WordLocale) {
  const manifest = { ...tryton, maxBodyChars: 1_000 };
  const say = (words: (typeof wordsOf)[WordLocale]): string => words.with('Marta', 'Jordi');
  const subject = `XMPP · ${say(wordsOf[locale])}`;
  const source = {
    conversationStableId: 'c',
    entries: Array.from({ length: 60 }, (_, index) => entry(index)),
    lostFiles: [lostFile],
    locale,
    subject,
    subjectChars: subject.length + spareChars(locale, say),
    timeZone: 'UTC',
  };
  return chunksOf(blocksOf(source, manifest), source, manifest, keys);
}

describe('the language of a push', () => {
  it('is that of the person, of the computer, or English', () => {
    expect(wordLocaleOf('et', 'es-ES')).toBe('et');
    expect(wordLocaleOf('system', 'es-MX')).toBe('es');
    expect(wordLocaleOf('system', 'pt-BR')).toBe('en');
  });

  it.each([
    ['en', ['Marta with Jordi', 'part 2/', 'Marta deleted the message of 2026-11-20 09:01', 'changed the message', 'no longer available']],
    ['es', ['Marta con Jordi', 'parte 2/', 'Marta eliminó el mensaje del 2026-11-20 09:01', 'cambió el mensaje', 'ya no está disponible']],
    ['et', ['Marta ja Jordi', 'osa 2/', 'Marta kustutas sõnumi (2026-11-20 09:01)', 'muutis sõnumit', 'pole enam saadaval']],
  ] as const)('%s has words for everything', (locale, expected) => {
    const all = notesIn(locale).map(({ body }) => body).join('\n');
    for (const words of expected) expect(all).toContain(words);
  });

  it('changes neither where notes are cut nor what they are called', () => {
    const [english, ...others] = locales.map((locale) =>
      notesIn(locale).map(({ key, last, entries, body }) => ({ key, last, entries, marker: readMarker(body) })),
    );
    expect(english?.length).toBeGreaterThan(8);
    for (const other of others) expect(other).toEqual(english);
  });

  it.each(locales)('keeps every note within its limit: %s', (locale) => {
    expect(Math.max(...notesIn(locale).map(({ body }) => body.length))).toBeLessThanOrEqual(1_000);
  });
});

describe('a plan that was shown', () => {
  let world: PushWorld | undefined;
  afterEach(() => world?.stop());

  it('is written in its language, to the byte, also when the setting changes before it goes out', async () => {
    const crm = createMemoryCrm();
    let locale: 'es' | 'et' = 'es';
    world = openPushWorld({ profileDir: tempFolder('words'), connectors: [crm.connector], locale: () => locale });
    const connection = await world.connect('memory', { password: 'x' });
    const conversation = world.addConversation({ name: 'Marta Ruiz' });
    const first = world.addMessage(conversation, { text: 'hola' });
    await world.pushAll(conversation, connection);
    world.remove(first);
    world.addMessage(conversation, { text: 'otra' });

    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    locale = 'et';
    const { id } = world.crm.push({ planId: preview.planId, targetKey: preview.suggestedKey ?? '', rememberOneClick: false });
    expect((await world.settled(id)).state).toBe('done');
    expect(crm.notes[1]?.chunk.body).toBe(preview.parts[0]?.text);
    expect(preview.parts[0]?.text).toContain('Marta Ruiz con Jordi Llach');
    expect(preview.parts[0]?.text).toContain('eliminó el mensaje del');

    world.addMessage(conversation, { text: 'kolmas' });
    await world.pushAll(conversation, connection);
    expect(crm.notes[2]?.chunk.body).toContain('Marta Ruiz ja Jordi Llach');
  });
});
