/**
 * Files, both ways, through the authenticated endpoints only. The token stays with the account's server; where that
 * one redirects (a content network), we follow without it.
 * @see https://spec.matrix.org/v1.16/client-server-api/#content-repository
 */
import { constants, openAsBlob } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { BridgeError } from '#bridge';
import type { OutgoingAttachment } from '#model';
import { decryptFile, readSource } from '../crypto/encrypted-file.ts';
import { errorOfAnswer, errorOfSilence } from '../errors.ts';
import { asCount, asRecord, asString } from '../event-shape.ts';
import { isAllowedOrigin } from '#kit';
import { parseMediaAddress } from '../ids.ts';
import type { MatrixApi } from './api.ts';

const maxRedirects = 3;
const mediaPlace = '/_matrix/client/v1/media';

const followRedirects = async (first: Response, requested: URL, signal: AbortSignal): Promise<Response> => {
  let response = first;
  let url = requested;
  for (let count = 0; response.status >= 300 && response.status < 400; count += 1) {
    const location = response.headers.get('location');
    await response.body?.cancel();
    if (count >= maxRedirects || location === null || !URL.canParse(location, url.href)) {
      throw new BridgeError('server-incompatible', { server: url.host, detail: 'redirect to nowhere' });
    }
    url = new URL(location, url);
    // Down from HTTPS, or onto this computer or its neighbours by plain HTTP: no.
    if (!isAllowedOrigin(url) || (url.protocol === 'http:' && requested.protocol === 'https:')) {
      throw new BridgeError('no-encryption', { server: url.host });
    }
    response = await fetch(url, { redirect: 'manual', signal }).catch((error: unknown) => {
      throw signal.aborted ? new BridgeError('cancelled') : errorOfSilence(error, url.host);
    });
  }
  if (!response.ok) throw errorOfAnswer({ status: response.status, body: undefined, server: url.host }, Date.now());
  return response;
};

// Absent on Windows, where a link needs rights that others do not have in our folder.
const noFollow = constants.O_NOFOLLOW ?? 0;
const writeFresh = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | noFollow;

/** Errors of the file system name the call that failed. */
const isFileError = (error: unknown): error is Error =>
  error instanceof Error && 'syscall' in error && (error.syscall === 'write' || error.syscall === 'close');

const writeLimited = async (response: Response, path: string, maxBytes: number, signal: AbortSignal): Promise<void> => {
  const tooLarge = new BridgeError('too-large', { limitBytes: maxBytes });
  const announced = Number(response.headers.get('content-length') ?? 0);
  if (announced > maxBytes) {
    await response.body?.cancel();
    throw tooLarge;
  }
  const file = await open(path, writeFresh, 0o600);
  try {
    let size = 0;
    for await (const chunk of response.body ?? []) {
      const bytes = chunk as Uint8Array;
      size += bytes.byteLength;
      if (size > maxBytes) throw tooLarge;
      await file.writeFile(bytes);
    }
    await file.close();
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(path, { force: true });
    if (signal.aborted) throw new BridgeError('cancelled');
    throw isFileError(error) ? new BridgeError('internal', { detail: error.message }) : errorOfSilence(error, new URL(response.url).host);
  }
};

/**
 * Streams `source` (an `mxc://` address, with its key where it is encrypted) into a file only its owner can read.
 * @throws BridgeError `too-large`, `not-found`, `rejected` for an address that is none, `cancelled`.
 */
export const downloadMedia = async (
  api: MatrixApi,
  baseUrl: string,
  source: string,
  path: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<void> => {
  const known = readSource(source);
  const address = known === null ? null : parseMediaAddress(known.mxc);
  if (known === null || address === null) throw new BridgeError('rejected', { detail: 'not a media address' });
  const mediaPath = `${mediaPlace}/download/${encodeURIComponent(address.server)}/${address.mediaId}`;
  const first = await api.raw(mediaPath, { signal });
  const response = await followRedirects(first, new URL(baseUrl + mediaPath), signal);
  await writeLimited(response, path, maxBytes, signal);
  if (known.key !== null) await decryptFile(path, known.key, signal);
};

/** A small square of a picture, made by the server; the smallest that is still sharp where people are listed. */
const thumbnailSidePx = 96;

/**
 * Streams a small version of the picture at an `mxc://` address into a file.
 * @throws BridgeError as {@link downloadMedia}
 */
export const downloadThumbnail = async (api: MatrixApi, baseUrl: string, mxc: string, path: string, maxBytes: number, signal: AbortSignal): Promise<void> => {
  const address = parseMediaAddress(mxc);
  if (address === null) throw new BridgeError('rejected', { detail: 'not a media address' });
  const side = String(thumbnailSidePx);
  const query = new URLSearchParams({ width: side, height: side, method: 'crop', animated: 'false' });
  const mediaPath = `${mediaPlace}/thumbnail/${encodeURIComponent(address.server)}/${address.mediaId}?${query.toString()}`;
  const first = await api.raw(mediaPath, { signal });
  await writeLimited(await followRedirects(first, new URL(baseUrl + mediaPath), signal), path, maxBytes, signal);
};

/** The largest file the server takes; null when it does not say. */
export const fetchUploadLimit = async (api: MatrixApi, signal: AbortSignal): Promise<number | null> => {
  const response = await api.raw('/_matrix/client/v1/media/config', { signal });
  return asCount(asRecord(await response.json().catch(() => null))['m.upload.size']) ?? null;
};

/** Uploads a file and gives back its `mxc://` address. @throws BridgeError `too-large` before a byte is sent. */
export const uploadMedia = async (
  api: MatrixApi,
  file: OutgoingAttachment,
  limitBytes: number | null,
  signal: AbortSignal,
): Promise<string> => {
  if (limitBytes !== null && file.sizeBytes > limitBytes) throw new BridgeError('too-large', { limitBytes });
  const body = await openAsBlob(file.path, { type: file.mime }).catch(() => {
    throw new BridgeError('rejected', { detail: 'the file to send is gone' });
  });
  return await postMedia(api, body, file, signal);
};

/** A picture that is small enough to be in memory. @returns its `mxc://` address */
export const uploadBytes = (api: MatrixApi, image: { readonly mime: string; readonly bytes: Uint8Array }, signal: AbortSignal): Promise<string> =>
  postMedia(api, new Blob([new Uint8Array(image.bytes)]), { name: 'picture', mime: image.mime }, signal);

const postMedia = async (api: MatrixApi, body: Blob, { name, mime }: { readonly name: string; readonly mime: string }, signal: AbortSignal): Promise<string> => {
  const query = new URLSearchParams({ filename: name });
  const response = await api.raw(`/_matrix/media/v3/upload?${query.toString()}`, {
    method: 'POST',
    body,
    signal,
    headers: { 'content-type': mime },
  });
  const mxc = asString(asRecord(await response.json().catch(() => null))['content_uri']);
  if (parseMediaAddress(mxc) === null || mxc === undefined) throw new BridgeError('server-incompatible');
  return mxc;
};
