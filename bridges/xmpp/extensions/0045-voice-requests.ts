/**
 * XEP-0045 Multi-User Chat, version 1.35.1 — https://xmpp.org/extensions/xep-0045.html: a visitor asks for the voice
 * (section 7.13), and a moderator decides (section 8.6). Left out: asking for another role than `participant`, and what
 * else a service may ask a moderator in such a form.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { bareJid } from '../jid.ts';
import { dataFormIn, fieldValue, formTypeOf, readDataForm, simpleForm, submitForm } from './0004-data-forms.ts';

const formType = 'http://jabber.org/protocol/muc#request';

export interface VoiceRequest {
  readonly room: string;
  readonly nick: string;
  readonly form: XmlElement;
}

export const voiceRequest = (room: string, id: string): XmlElement =>
  element('message', { to: room, id }, simpleForm(formType, { 'muc#role': 'participant' }));

/** What a room asks its moderators; null: nothing of that kind. Whether it may is for the caller to know. */
export function readVoiceRequest(message: XmlElement): VoiceRequest | null {
  const from = message.attribute('from');
  const room = bareJid(from);
  const form = dataFormIn(message);
  // Only the room itself speaks without a nickname.
  if (room === null || from?.includes('/') === true || message.attribute('type') === 'error') return null;
  if (form === undefined || form.attribute('type') !== 'form' || formTypeOf(form) !== formType) return null;
  const nick = fieldValue(form, 'muc#roomnick') ?? '';
  return nick === '' || nick.length > 1_000 ? null : { room, nick, form };
}

/** The form as it came, with our word in it. */
export const voiceAnswer = ({ room, form }: VoiceRequest, id: string, isAllowed: boolean): XmlElement =>
  element('message', { to: room, id }, submitForm(readDataForm(form), { 'muc#request_allow': [String(isAllowed)] }));
