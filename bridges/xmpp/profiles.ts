import { createHash } from 'node:crypto';
import { BridgeError, emptyProfile, type ProfileAbility, type ProfileVisibility, type RemoteProfile } from '#bridge';
import type { RemotePersonId } from '#model';
import type { Avatars } from './avatars.ts';
import type { ExtensionContext } from './extension.ts';
import { lastActivityQuery, readLastActivity } from './extensions/0012-last-activity.ts';
import { buildVCard, readVCard, vcardIn, vcardQuery, withPhoto } from './extensions/0054-vcard-temp.ts';
import { configureQuery, itemsQuery, publishQuery, readItemsResult } from './extensions/0060-publish-subscribe.ts';
import { avatarData, avatarDataNode, avatarMetadata, avatarMetadataNode } from './extensions/0084-user-avatar.ts';
import { avatarConversion } from './extensions/0153-vcard-avatars.ts';
import { nicknameItem } from './extensions/0172-user-nickname.ts';
import { buildVCard4, readVCard4, vcard4Node } from './extensions/0292-vcard4-over-xmpp.ts';
import { addressOf } from './ids.ts';
import { ns } from './namespaces.ts';
import type { OwnPresence } from './own-presence.ts';
import { StanzaError } from './stream/stanza-error.ts';
import type { XmlElement } from './stream/xml/element.ts';

const accessModels: Readonly<Record<ProfileVisibility, string>> = { everybody: 'open', contacts: 'presence' };
const current = 'current';
const mostAvatarBytes = 64 * 1024;
const deadlineMs = 10_000;

/** Business cards: of others as they show them, our own in both forms that are in use. */
export class Profiles implements ProfileAbility {
  readonly #context: ExtensionContext;
  readonly #avatars: Avatars;
  readonly #presence: OwnPresence;

  constructor(context: ExtensionContext, avatars: Avatars, presence: OwnPresence) {
    this.#context = context;
    this.#avatars = avatars;
    this.#presence = presence;
  }

  async load(personId: RemotePersonId, signal: AbortSignal): Promise<RemoteProfile | null> {
    const jid = addressOf(personId);
    const [card4, card] = await Promise.all([this.#vcard4(jid), this.#vcard(jid)]);
    signal.throwIfAborted();
    const profile = card === undefined ? null : readVCard(card);
    if (card4 === null) return profile === null || isEmpty(profile) ? null : profile;
    return profile === null ? card4 : merge(card4, profile);
  }

  async own(signal: AbortSignal): Promise<RemoteProfile> {
    const { ownBareJid } = this.#context.link;
    const [card4, card] = await Promise.all([this.#vcard4(ownBareJid), this.#vcard(undefined)]);
    signal.throwIfAborted();
    const profile = card === undefined ? emptyProfile : readVCard(card);
    return card4 === null ? profile : merge(card4, profile);
  }

  async setOwn(profile: RemoteProfile, visibility: ProfileVisibility): Promise<void> {
    const before = await this.#vcard(undefined);
    // Servers show the older card to everybody who asks: what is meant for contacts stands only where they may look.
    await this.#set(buildVCard(visibility === 'everybody' ? profile : emptyProfile, before));
    await this.#publish(vcard4Node, current, buildVCard4(profile), accessModels[visibility]);
    const name = profile.nickname ?? profile.fullName;
    if (name !== null) await this.#publish(ns.nickname, current, nicknameItem(name), 'presence');
  }

  async setOwnAvatar(image: Parameters<ProfileAbility['setOwnAvatar']>[0]): Promise<void> {
    if (image !== null && image.bytes.length > mostAvatarBytes) throw new BridgeError('too-large', { limitBytes: mostAvatarBytes });
    const hash = image === null ? null : createHash('sha1').update(image.bytes).digest('hex');
    // The data first: who hears of the picture must find it.
    if (image !== null && hash !== null) await this.#publish(avatarDataNode, hash, avatarData(image.bytes), 'open');
    const metadata =
      image === null || hash === null ? null : { hash, mime: image.mime, sizeBytes: image.bytes.length, widthPx: image.widthPx, heightPx: image.heightPx };
    await this.#publish(avatarMetadataNode, hash ?? current, avatarMetadata(metadata), 'open');
    this.#avatars.noteOwn(hash);
    // A server that keeps both forms alike fills in the card; the next presence of ours tells the hash.
    if (!this.#context.link.services.accountHas(avatarConversion)) await this.#set(withPhoto(await this.#vcard(undefined), image));
    this.#presence.tell();
  }

  async lastActivity(personId: RemotePersonId, signal: AbortSignal): Promise<{ readonly atMs: number; readonly statusText: string } | null> {
    const answer = await this.#ask(addressOf(personId), lastActivityQuery());
    signal.throwIfAborted();
    const last = answer === null ? null : readLastActivity(answer);
    return last === null ? null : { atMs: this.#context.now() - last.seconds * 1_000, statusText: last.statusText };
  }

  async #vcard4(jid: string): Promise<RemoteProfile | null> {
    const answer = await this.#ask(jid, itemsQuery(vcard4Node, { max: 1 }));
    const [item] = answer === null ? [] : readItemsResult(answer);
    const profile = item === undefined ? null : readVCard4(item.payload);
    return profile === null || isEmpty(profile) ? null : profile;
  }

  async #vcard(jid: string | undefined): Promise<XmlElement | undefined> {
    const answer = await this.#ask(jid, vcardQuery());
    return answer === null ? undefined : vcardIn(answer);
  }

  /** Null: refused, which is an answer. @throws BridgeError when none comes */
  async #ask(to: string | undefined, payload: XmlElement): Promise<XmlElement | null> {
    try {
      return await this.#context.engine.request({ type: 'get', to, payload, deadlineMs });
    } catch (error) {
      if (error instanceof StanzaError) return null;
      throw error;
    }
  }

  async #set(payload: XmlElement): Promise<void> {
    await this.#context.engine.request({ type: 'set', payload });
  }

  /** A node that was set up otherwise is set up anew: who may see it is the person's choice, not the server's. */
  async #publish(node: string, id: string, payload: XmlElement, accessModel: string): Promise<void> {
    const query = publishQuery(node, { id, payload }, { access_model: accessModel });
    try {
      await this.#set(query);
    } catch (error) {
      if (!(error instanceof StanzaError) || error.condition !== 'conflict') throw error;
      await this.#set(configureQuery(node, { access_model: accessModel }));
      await this.#set(publishQuery(node, { id, payload }));
    }
  }
}

const isEmpty = (profile: RemoteProfile): boolean =>
  Object.values(profile).every((value: unknown) => value === null || value === undefined || (Array.isArray(value) && value.length === 0));

/** What the first card leaves open, the second one may say. */
const merge = (first: RemoteProfile, second: RemoteProfile): RemoteProfile => ({
  fullName: first.fullName ?? second.fullName,
  nickname: first.nickname ?? second.nickname,
  organization: first.organization ?? second.organization,
  role: first.role ?? second.role,
  emails: first.emails.length > 0 ? first.emails : second.emails,
  phones: first.phones.length > 0 ? first.phones : second.phones,
  urls: first.urls.length > 0 ? first.urls : second.urls,
  address: first.address ?? second.address,
  birthday: first.birthday ?? second.birthday,
  note: first.note ?? second.note,
});
