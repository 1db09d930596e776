/**
 * XEP-0158 CAPTCHA Forms, version 1.0 — https://xmpp.org/extensions/xep-0158.html, in messages: a room wants to know that
 * a person enters. Left out: challenges about messages, hashcash.
 */
import { bareJid } from '../jid.ts';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';
import { dataFormIn, fieldValue, formTypeOf } from './0004-data-forms.ts';

export interface Challenge {
  /** Who asks, and is answered. */
  readonly from: string;
  readonly form: XmlElement;
  /** With the pictures that came along. */
  readonly message: XmlElement;
}

/** Null: the message is no challenge, or one in somebody else's name. */
export function readChallenge(message: XmlElement): Challenge | null {
  const captcha = message.child('captcha', ns.captcha);
  if (captcha === undefined) return null;
  const form = dataFormIn(captcha);
  const from = bareJid(message.attribute('from'));
  if (form === undefined || from === null || formTypeOf(form) !== ns.captcha) return null;
  const about = bareJid(fieldValue(form, 'from') ?? undefined);
  const isTheirs = about === from || about?.endsWith(`@${from}`) === true;
  return isTheirs && (fieldValue(form, 'challenge') ?? '') !== '' ? { from, form, message } : null;
}

export const captchaAnswer = (form: XmlElement): XmlElement => element('captcha', { xmlns: ns.captcha }, form);
