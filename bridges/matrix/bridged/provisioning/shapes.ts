/** Answers of bridgev2's provisioning API v3, read carefully: whoever answers there may answer anything. */
import type { NetworkId, ServiceLogin, ServiceLoginState } from '#model';
import { asArray, asName, asRecord, asString, asText, type JsonRecord } from '../../event-shape.ts';
import { isRoomId, isUserId } from '../../ids.ts';
import { networkOfProtocol } from '../networks.ts';

export interface BridgeFlow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

export interface BridgeIdentity {
  readonly name: string;
  readonly network: NetworkId | null;
  readonly bot: string | null;
  readonly flows: readonly BridgeFlow[];
  readonly logins: readonly ServiceLogin[];
}

const mostFlows = 30;
const mostLogins = 50;
const word = (value: unknown): string | null => {
  const text = asString(value);
  return text !== undefined && text !== '' && text.length <= 300 ? text : null;
};

const states: ReadonlyMap<string, ServiceLoginState> = new Map([
  ['CONNECTED', 'connected'],
  ['RUNNING', 'connected'],
  ['BACKFILLING', 'connected'],
  ['CONNECTING', 'connecting'],
  ['STARTING', 'connecting'],
  ['TRANSIENT_DISCONNECT', 'waiting'],
  ['BRIDGE_UNREACHABLE', 'waiting'],
  ['BAD_CREDENTIALS', 'needs-login'],
  ['LOGGED_OUT', 'signed-out'],
  ['UNKNOWN_ERROR', 'failed'],
]);

const seconds = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null);

const readLogin = (value: unknown, nowMs: number): ServiceLogin | null => {
  const login = asRecord(value);
  const id = word(login['id']);
  if (id === null) return null;
  const state = asRecord(login['state']);
  const profile = asRecord(login['profile']);
  const told = seconds(state['timestamp']);
  const ttl = seconds(state['ttl']);
  const wantsLogin = state['user_action'] === 'RELOGIN';
  const detail = asText(state['message'] ?? state['error']).slice(0, 300);
  return {
    id,
    name: asName(login['name'] ?? profile['phone'] ?? profile['username'] ?? profile['email'] ?? profile['name']) ?? id,
    state: wantsLogin ? 'needs-login' : (states.get(asString(state['state_event'] ?? login['state_event']) ?? '') ?? 'failed'),
    sinceMs: told === null ? null : told * 1_000,
    detail: detail === '' ? null : detail,
    isStale: told !== null && ttl !== null && (told + ttl) * 1_000 < nowMs,
    // mautrix-whatsapp: twelve of the fourteen days after which WhatsApp signs it out are over.
    ...(state['error'] === 'wa-phone-offline' ? { warning: 'phone-offline' as const } : {}),
  };
};

const readFlow = (value: unknown): BridgeFlow | null => {
  const flow = asRecord(value);
  const id = word(flow['id']);
  return id === null ? null : { id, name: asName(flow['name']) ?? id, description: asText(flow['description']).slice(0, 500) };
};

/** Null: that is no bridge. */
export const readIdentity = (body: JsonRecord, nowMs: number): BridgeIdentity | null => {
  const network = asRecord(body['network']);
  const name = asName(network['displayname']);
  if (name === null || !Array.isArray(body['login_flows'])) return null;
  const bot = body['bridge_bot'];
  return {
    name,
    network: networkOfProtocol(network['beeper_bridge_type']) ?? networkOfProtocol(network['network_id']),
    bot: isUserId(bot) ? bot : null,
    flows: asArray(body['login_flows']).slice(0, mostFlows).flatMap((flow) => readFlow(flow) ?? []),
    logins: asArray(body['logins']).slice(0, mostLogins).flatMap((login) => readLogin(login, nowMs) ?? []),
  };
};

export interface BridgeStep {
  readonly loginId: string;
  /** Names this very step: with it a request may be repeated. */
  readonly txnId: string | null;
  readonly stepId: string;
  readonly type: string;
  readonly instructions: string;
  /** What stands under the name of the type. */
  readonly details: JsonRecord;
}

/** Null: no step at all. Of a kind we do not know it is still one. */
export const readStep = (body: JsonRecord, loginId: string | null): BridgeStep | null => {
  const type = word(body['type']);
  const stepId = word(body['step_id']);
  const id = word(body['login_id']) ?? loginId;
  if (type === null || stepId === null || id === null) return null;
  const instructions = asText(body['instructions']).slice(0, 4_000);
  return { loginId: id, txnId: word(body['txn_id']), stepId, type, instructions, details: asRecord(body[type]) };
};

export interface BridgeContact {
  readonly id: string;
  readonly name: string;
  readonly handles: readonly string[];
  readonly roomId: string | null;
}

export const readContact = (value: unknown): BridgeContact | null => {
  const contact = asRecord(value);
  const id = word(contact['id']);
  if (id === null) return null;
  const roomId = contact['dm_room_mxid'];
  return {
    id,
    name: asName(contact['name']) ?? id,
    handles: asArray(contact['identifiers']).flatMap((handle) => word(handle)?.replace(/^(?:tel|mailto):/u, '') ?? []).slice(0, 10),
    roomId: isRoomId(roomId) ? roomId : null,
  };
};

const mostContacts = 500;

export const readContacts = (body: JsonRecord): readonly BridgeContact[] =>
  asArray(body['contacts'] ?? body['results']).slice(0, mostContacts).flatMap((contact) => readContact(contact) ?? []);
