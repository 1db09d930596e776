import { expect, it } from 'vitest';
import { element } from '../../../bridges/xmpp/stream/xml/element.ts';
import { metadata, readMetadata } from '../../../bridges/xmpp/extensions/0446-file-metadata.ts';

it('a spoken message tells its length, and is an ordinary file otherwise', () => {
  const voice = { path: '/tmp/v', name: 'Voice message.ogg', mime: 'audio/ogg', sizeBytes: 9_000, durationMs: 4_200, voice: { waveform: [1, 2] } };
  const file = metadata(voice);
  expect(file.childText('length')).toBe('4200');
  expect(readMetadata(file, element('message', {}))).toMatchObject({ name: 'Voice message.ogg', mime: 'audio/ogg', sizeBytes: 9_000, durationMs: 4_200 });
  expect(metadata({ ...voice, durationMs: undefined }).child('length')).toBeUndefined();
});
