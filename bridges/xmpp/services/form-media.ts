import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FormMedia } from '#bridge';
import { mediaPlaces, type MediaFinder } from '../extensions/0004-data-forms.ts';
import { bitsQuery, cidOf, readBits } from '../extensions/0231-bits-of-binary.ts';
import { readSource } from '../file-source.ts';
import type { XmlElement } from '../stream/xml/element.ts';
import { ask, quickDeadlineMs } from './ask.ts';
import type { ServiceContext } from './service-context.ts';

const mostPictureBytes = 512 * 1024;
const mostPlayedBytes = 2 * 1024 * 1024;
const mostPlaces = 10;
/** Sounds and films are large, and nobody plays many. */
const mostPlayed = 2;

const isPlayed = (mime: string): boolean => /^(audio|video)\//i.test(mime);

/**
 * Gets the pictures, sounds and films that a form names (XEP-0221): bits that came along or that its sender has (XEP-0231), and files on
 * our own server. Nothing else is fetched: an address of a stranger's choice would learn that the form was opened.
 */
export async function findFormMedia(
  answer: XmlElement,
  form: XmlElement,
  from: string,
  context: ServiceContext,
  signal: AbortSignal,
): Promise<MediaFinder> {
  for (const place of [answer, ...answer.elements(), form]) for (const bits of readBits(place)) context.bits.put(bits);
  const found = new Map<string, FormMedia>();
  const places = mediaPlaces(form).slice(0, mostPlaces);
  const wanted = [...places.filter(({ mime }) => mime === '' || mime.startsWith('image/')), ...places.filter(({ mime }) => isPlayed(mime)).slice(0, mostPlayed)];
  await Promise.all(
    wanted.map(async ({ uri, mime }) => {
      const media = await fetchPlace(uri, mime, from, context, signal).catch(() => null);
      if (media !== null) found.set(uri, media);
    }),
  );
  return (uri) => found.get(uri) ?? null;
}

async function fetchPlace(uri: string, mime: string, from: string, context: ServiceContext, signal: AbortSignal): Promise<FormMedia | null> {
  const cid = cidOf(uri);
  if (cid !== null) return await fetchBits(cid, from, context, signal);
  return await fetchFile(uri, mime, context, signal);
}

async function fetchBits(cid: string, from: string, context: ServiceContext, signal: AbortSignal): Promise<FormMedia | null> {
  if (context.bits.get(cid) === undefined) {
    const iq = { type: 'get', to: from, payload: bitsQuery(cid), deadlineMs: quickDeadlineMs } as const;
    for (const bits of readBits(await ask(context.request, iq, signal))) context.bits.put(bits);
  }
  const bits = context.bits.get(cid);
  return bits === undefined ? null : { mime: bits.mime, bytes: bits.bytes };
}

async function fetchFile(uri: string, mime: string, context: ServiceContext, signal: AbortSignal): Promise<FormMedia | null> {
  if (!(await isOwnServer(uri, context))) return null;
  const path = join(context.dataDir, `form-media-${randomUUID()}`);
  try {
    await context.files.download(readSource(uri), path, isPlayed(mime) ? mostPlayedBytes : mostPictureBytes, AbortSignal.any([signal, AbortSignal.timeout(quickDeadlineMs)]));
    return { mime, bytes: new Uint8Array(await readFile(path)) };
  } finally {
    await rm(path, { force: true });
  }
}

/**
 * Where our server keeps files is only known from a slot. When none was asked for yet, one is, once in the life of an
 * account: each one left unused costs a place, and who makes a form can name any number of hosts.
 */
async function isOwnServer(uri: string, { domain, server }: ServiceContext): Promise<boolean> {
  const url = URL.canParse(uri) ? new URL(uri) : null;
  if (url?.protocol !== 'https:') return false;
  const { hostname } = url;
  if (hostname === domain || hostname.endsWith(`.${domain}`) || server.isUploadHost(hostname)) return true;
  const trial = trials.get(server) ?? server.requestSlot('picture.png', 1, 'image/png').then(() => undefined, () => undefined);
  trials.set(server, trial);
  await trial;
  return server.isUploadHost(hostname);
}

const trials = new WeakMap<ServiceContext['server'], Promise<void>>();
