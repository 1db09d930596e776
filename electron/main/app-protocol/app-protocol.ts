import { protocol } from 'electron';
import type { EngineCalls } from '../engine-process/engine-calls.ts';
import { log } from '../log.ts';
import { answerRequest } from './answer-request.ts';
import { appScheme } from './app-origin.ts';
import { refuse } from './responses.ts';

/** Before `app` is ready: makes `palomar:` a scheme with origin, fetch and streams, and nothing more. */
export const declareAppScheme = (): void => {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
};

/** Serves the page, attachments and uploads at `palomar://app/`. */
export const serveAppProtocol = (rendererDir: string, engine: EngineCalls): void => {
  protocol.handle(appScheme, async (request) => {
    try {
      return await answerRequest(request, rendererDir, engine);
    } catch (error) {
      log('a request of the page failed', error);
      return refuse(500);
    }
  });
};
