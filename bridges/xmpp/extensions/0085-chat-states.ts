/** XEP-0085 Chat State Notifications, version 2.1 — https://xmpp.org/extensions/xep-0085.html. Left out: `inactive`, `gone`. */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

export type ChatState = 'active' | 'composing' | 'paused';

export const chatState = (state: ChatState): XmlElement => element(state, { xmlns: ns.chatStates });

/** Whether the sender is typing; null when the message says nothing about it. */
export function readTyping(message: XmlElement): boolean | null {
  const state = message.childIn(ns.chatStates);
  return state === undefined ? null : state.name === 'composing';
}
