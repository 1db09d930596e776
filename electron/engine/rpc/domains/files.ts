import type { FileService } from '../../files/file-service.ts';
import type { Staging } from '../../files/staging.ts';
import type { DomainHandlers } from '../handlers.ts';

export const createFileHandlers = (files: FileService, staging: Staging): DomainHandlers<'files'> => ({
  'files.fetch': async ({ attachmentId }) => ({ isReady: await files.fetch(attachmentId) }),
  'files.setThumbnail': ({ id, thumbnail }) => ({ isKept: staging.setThumbnail(id, thumbnail) }),
  'files.setVoice': ({ id, ...voice }) => ({ isKept: staging.setVoice(id, voice) }),
  'files.unstage': ({ id }) => {
    staging.remove(id);
    return { isRemoved: true };
  },
});
