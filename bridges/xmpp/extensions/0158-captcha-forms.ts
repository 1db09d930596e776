/**
 * XEP-0158 CAPTCHA Forms, version 1.0.1 — https://xmpp.org/extensions/xep-0158.html, in messages: a room wants to know
 * that a person enters, a server that a person writes to somebody or asks to be a contact. Left out: hashcash.
 */
import { bareJid } from '../jid.ts';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';
import { dataFormIn, fieldValue, formTypeOf } from './0004-data-forms.ts';

export interface Challenge {
  /** Who asks, and is answered. */
  readonly from: string;
  /** The id of what we sent; null: it does not say. */
  readonly stanzaId: string | null;
  readonly form: XmlElement;
  /** With the pictures that came along. */
  readonly message: XmlElement;
}

/**
 * Null: the message is no challenge, or one in somebody else's name. `ownBareJid`: what ejabberd 23 writes where the
 * address of whom we asked to be a contact belongs.
 */
export function readChallenge(message: XmlElement, ownBareJid: string | null = null): Challenge | null {
  const captcha = message.child('captcha', ns.captcha);
  if (captcha === undefined) return null;
  const form = dataFormIn(captcha);
  const from = bareJid(message.attribute('from'));
  if (form === undefined || from === null || formTypeOf(form) !== ns.captcha) return null;
  const about = bareJid(fieldValue(form, 'from') ?? undefined);
  const isTheirs = about !== null && (speaksFor(from, about) || about === ownBareJid);
  if (!isTheirs || (fieldValue(form, 'challenge') ?? '') === '') return null;
  return { from, stanzaId: fieldValue(form, 'sid'), form, message };
}

/** Themselves, or their server. */
export const speaksFor = (from: string, address: string): boolean => from === address || address.endsWith(`@${from}`);

export const captchaAnswer = (form: XmlElement): XmlElement => element('captcha', { xmlns: ns.captcha }, form);
