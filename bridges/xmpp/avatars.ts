import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { BridgeError, toFault, type AvatarAbility, type BridgeEvent } from '#bridge';
import type { RemoteAvatar } from '#model';
import type { Extension, ExtensionContext } from './extension.ts';
import { readOccupantPresence } from './extensions/0045-multi-user-chat.ts';
import { readVCardPhoto, vcardIn, vcardQuery } from './extensions/0054-vcard-temp.ts';
import { itemsQuery, readItemsResult, type PubsubEvent } from './extensions/0060-publish-subscribe.ts';
import { avatarDataNode, avatarMetadataNode, isAvatarHash, readAvatarData, readAvatarMetadata } from './extensions/0084-user-avatar.ts';
import { avatarConversion, photoUpdate, readPhotoHash } from './extensions/0153-vcard-avatars.ts';
import { addressOf, personOf } from './ids.ts';
import { bareJid, fullJid } from './jid.ts';
import type { XmlElement } from './stream/xml/element.ts';

/** Where a picture lies: `pep` by XEP-0084 (or in the card, if it is gone there), `vcard` in the card. */
export type AvatarPlace = 'pep' | 'vcard';

/** More than this is no avatar. */
export const mostAvatarBytes = 256 * 1024;
const mostRemembered = 20_000;

/** A picture of somebody or of a room, by its SHA-1. */
export const remoteAvatar = (place: AvatarPlace, jid: string, hash: string, mime = 'image/png', sizeBytes?: number): RemoteAvatar => ({
  id: hash,
  mime,
  ...(sizeBytes === undefined ? {} : { sizeBytes }),
  source: JSON.stringify({ place, jid }),
});

/** Learns of pictures and fetches them. A hash is asked for once; the bytes must fit it, or they are none. */
export class Avatars implements AvatarAbility {
  readonly #context: ExtensionContext;
  /** People whose pictures come by XEP-0084: their cards say nothing new. */
  readonly #byPep = new Set<string>();
  /** What was told last, by person, so that a presence a minute is not an event a minute. */
  readonly #told = new Map<string, string | null>();
  readonly #asked = new Set<string>();
  #ownHash: string | null | undefined;

  constructor(context: ExtensionContext) {
    this.#context = context;
  }

  async download(avatar: RemoteAvatar, path: string, maxBytes: number, signal: AbortSignal): Promise<void> {
    const { place, jid } = readSource(avatar.source);
    const hash = avatar.id;
    if (!isAvatarHash(hash)) throw new BridgeError('not-found', { detail: 'no picture that we could check' });
    const most = Math.min(maxBytes, mostAvatarBytes);
    const bytes = (place === 'pep' ? await this.#fromPep(jid, hash, most) : null) ?? (await this.#fromCard(jid, most));
    signal.throwIfAborted();
    if (bytes === null) throw new BridgeError('not-found');
    if (createHash('sha1').update(bytes).digest('hex') !== hash) throw new BridgeError('rejected', { detail: 'the bytes do not fit the hash' });
    await writeFile(path, bytes, { flag: 'wx' });
  }

  extension(): Extension {
    return {
      features: [],
      pep: { [avatarMetadataNode]: { of: 'anyone', read: (event) => this.#readMetadata(event) } },
      contactChanged: ({ personId, bond }) => {
        if (bond === 'we-see' || bond === 'mutual') void this.#askNewContact(addressOf(personId));
      },
      receivePresence: (presence) => this.#readPresence(presence),
      decoratePresence: () => (this.#isConverted ? [] : [photoUpdate(this.#ownHash)]),
    };
  }

  /** Ours changed. */
  noteOwn(hash: string | null): void {
    this.#ownHash = hash;
  }

  /** Servers push what is published; what was there before somebody became a contact has to be asked for, once. */
  async #askNewContact(jid: string): Promise<void> {
    if (this.#told.has(jid) || this.#asked.has(jid) || this.#asked.size >= mostRemembered) return;
    this.#asked.add(jid);
    try {
      const answer = await this.#context.engine.request({ type: 'get', to: jid, payload: itemsQuery(avatarMetadataNode, { max: 1 }) });
      const events = this.#readMetadata({ from: jid, node: avatarMetadataNode, items: readItemsResult(answer), retractedIds: [], isPurged: false });
      if (events.length > 0) await this.#context.write(events);
    } catch (error) {
      // Refused, or gone meanwhile: a picture is not worth a second question.
      this.#context.log.debug('a new contact shows no picture', { error: toFault(error).code });
    }
  }

  get #isConverted(): boolean {
    return this.#context.link.services.accountHas(avatarConversion);
  }

  #readMetadata({ from, items, isPurged }: PubsubEvent): BridgeEvent[] {
    const [item] = items;
    if ((item === undefined && !isPurged) || !this.#mayShow(from)) return [];
    const info = item === undefined ? null : readAvatarMetadata(item.payload, mostAvatarBytes);
    const isEmpty = item === undefined || item.payload.elements().length === 0;
    // Something that we do not take (too large, elsewhere): what we have stays.
    if (info === null && !isEmpty) return [];
    if (from === this.#context.link.ownBareJid) this.#ownHash = info?.hash ?? null;
    if (info === null) this.#byPep.delete(from);
    else if (this.#byPep.size < mostRemembered) this.#byPep.add(from);
    return this.#tell(from, info === null ? null : remoteAvatar('pep', from, info.hash, info.mime, info.sizeBytes));
  }

  /** To fetch a picture of a stranger would tell them who is here, and where. */
  #mayShow(jid: string): boolean {
    const { roster, rooms, gateways, ownBareJid } = this.#context.link;
    return jid === ownBareJid || roster.contact(jid) !== undefined || rooms.has(jid) || gateways.isOurGuest(jid);
  }

  #readPresence(presence: XmlElement): BridgeEvent[] {
    const { rooms, ownBareJid } = this.#context.link;
    const hash = readPhotoHash(presence);
    const sender = bareJid(presence.attribute('from'));
    if (hash === undefined || sender === null || sender === ownBareJid || presence.attribute('type') !== undefined) return [];
    if (rooms.has(sender)) return this.#readOccupant(presence, sender, hash);
    if (this.#byPep.has(sender)) return [];
    return this.#tell(sender, hash === null ? null : remoteAvatar('vcard', sender, hash));
  }

  /** Pictures of people in rooms are kept by their nicknames; a change of name brings a presence of its own. */
  #readOccupant(presence: XmlElement, room: string, hash: string | null): BridgeEvent[] {
    const occupant = readOccupantPresence(presence);
    const address = fullJid(presence.attribute('from'));
    if (occupant === null || occupant.isSelf || address === null) return [];
    const personId = this.#context.link.rooms.personOf(room, occupant);
    if (!this.#isNew(personId, hash)) return [];
    const avatar = hash === null ? null : remoteAvatar('vcard', address, hash);
    return [{ type: 'person.upserted', person: { remoteId: personId, displayName: occupant.nick, handle: address, avatar } }];
  }

  #tell(jid: string, avatar: RemoteAvatar | null): BridgeEvent[] {
    const { roster, ownBareJid } = this.#context.link;
    if (!this.#isNew(jid, avatar?.id ?? null)) return [];
    const event = roster.person(jid);
    if (event.type !== 'person.upserted') return [];
    const isSelf = jid === ownBareJid ? { isSelf: true } : {};
    return [{ ...event, person: { ...event.person, ...isSelf, remoteId: personOf(jid), avatar } }];
  }

  #isNew(person: string, hash: string | null): boolean {
    if (this.#told.has(person) && this.#told.get(person) === hash) return false;
    if (this.#told.size >= mostRemembered) this.#told.clear();
    this.#told.set(person, hash);
    return true;
  }

  async #fromPep(jid: string, hash: string, most: number): Promise<Buffer | null> {
    try {
      const payload = itemsQuery(avatarDataNode, { ids: [hash] });
      return readAvatarData(await this.#context.engine.request({ type: 'get', to: jid, payload }), most);
    } catch (error) {
      if (error instanceof BridgeError && error.name === 'StanzaError') return null;
      throw error;
    }
  }

  async #fromCard(jid: string, most: number): Promise<Buffer | null> {
    const card = vcardIn(await this.#context.engine.request({ type: 'get', to: jid, payload: vcardQuery() }));
    return card === undefined ? null : readVCardPhoto(card, most);
  }
}

/** Our own word, but it lay in a file: not trusted to have a shape. @throws BridgeError `not-found` */
function readSource(source: string): { readonly place: AvatarPlace; readonly jid: string } {
  try {
    const { place, jid } = JSON.parse(source) as { readonly place?: unknown; readonly jid?: unknown };
    const address = typeof jid === 'string' ? fullJid(jid) : null;
    if (address !== null && (place === 'pep' || place === 'vcard')) return { place, jid: address };
  } catch {
    // Falls through to the refusal.
  }
  throw new BridgeError('not-found', { detail: 'no place of a picture' });
}
