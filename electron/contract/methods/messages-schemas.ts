import { z } from 'zod';
import { onlyId, rowId, stagedId } from './fields.ts';
import type { MessageMethods } from './messages.ts';
import type { SchemasOf } from './schemas-of.ts';

export const messageSchemas: SchemasOf<MessageMethods> = {
  'messages.versions': () => onlyId,
  'messages.cancelUpload': () => onlyId,
  'files.setThumbnail': () => z.strictObject({
    id: stagedId,
    thumbnail: z.string().max(20_000).regex(/^data:image\/(?:png|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}$/),
  }),
  'files.setVoice': () => z.strictObject({
    id: stagedId,
    durationMs: z.number().int().min(0).max(86_400_000),
    waveform: z.array(z.number().int().min(0).max(100)).max(128),
  }),
  'conversations.allowPlain': () => onlyId,
  'conversations.forbidPlain': () => onlyId,
  'archive.rule': () => z.strictObject({ accountId: rowId }),
  'archive.setRule': () => z.strictObject({ accountId: rowId, rule: z.enum(['always', 'contacts', 'never']) }),
};
