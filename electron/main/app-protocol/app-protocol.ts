import { protocol, type ProtocolRequest } from 'electron';
import type { EngineCalls } from '../engine-process/engine-calls.ts';
import { log } from '../log.ts';
import { createDoor } from './answer-request.ts';
import { appScheme } from './app-origin.ts';
import type { DoorRequest } from './door.ts';
import { refuse } from './responses.ts';

/** Before `app` is ready: makes `palomar:` a scheme with origin, fetch and streams, and nothing more. */
export const declareAppScheme = (): void => {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
};

/**
 * Serves the page, attachments and uploads at `palomar://app/`. Not by `protocol.handle`, which loads all of Node's
 * fetch for the first request while the person waits for the first picture (docs/decisions/0026-app-protocol.md).
 */
export const serveAppProtocol = (rendererDir: string, engine: EngineCalls): void => {
  const answer = createDoor(rendererDir, engine);
  protocol.registerStreamProtocol(appScheme, (request, send) => {
    answer(doorRequestOf(request))
      .catch((error: unknown) => {
        log('a request of the page failed', error);
        return refuse(500);
      })
      .then(({ status, headers, body }) => send({ statusCode: status, headers: { ...headers }, data: body as never }));
  });
};

/** Only bytes are a body: what a page sends by reference (a file, a stream) is not fetched for it. */
const doorRequestOf = ({ url, method, headers, uploadData = [] }: ProtocolRequest): DoorRequest => {
  const parts = uploadData.map(({ bytes }) => (Buffer.isBuffer(bytes) ? bytes : null));
  const isWhole = parts.every((part) => part !== null);
  return { url, method, headers, body: isWhole ? Buffer.concat(parts) : 'unread' };
};
