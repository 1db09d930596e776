/**
 * What the bot of a bridge without an API says of its connection. Only heisenbridge speaks plainly enough (1.15,
 * `network_room.py`): in the room of a network its bot tells of every connection made and lost.
 */
import type { BridgeEvent } from '#bridge';
import type { ServiceLoginState } from '#model';
import type { RoomEvent } from '../../event-shape.ts';
import { asString, asText } from '../../event-shape.ts';
import type { MatrixStore } from '../../store/matrix-store.ts';
import { serverOfUser } from '../../ids.ts';
import { bridgeBookOf } from '../bridge-book.ts';
import { readGhost } from '../networks.ts';

const words: readonly (readonly [RegExp, ServiceLoginState])[] = [
  [/^Disconnected, reconnecting in /u, 'waiting'],
  [/^Failed to connect: /u, 'waiting'],
  [/^Connection (?:timed out|aborted)\./u, 'waiting'],
  [/^Disconnected\.$/u, 'signed-out'],
  [/^(?:[^:]{1,100}: )?:?Welcome to /u, 'connected'],
];

/** What the words of a bot say of its connection; null: nothing. It says several things in one message: the last one holds. */
export const stateOfWords = (text: string): ServiceLoginState | null =>
  text
    .split('\n')
    .map((line) => words.find(([pattern]) => pattern.test(line))?.[1] ?? null)
    .findLast((state) => state !== null) ?? null;

/** Null: no word of a bot of our own server about its connection. */
export const readBotWord = (store: MatrixStore, selfId: string, roomId: string, event: RoomEvent): BridgeEvent | null => {
  if (event.type !== 'm.room.message' || asString(event.content['msgtype']) !== 'm.notice') return null;
  const ownServer = serverOfUser(selfId) ?? '';
  const sight = readGhost(event.sender, ownServer, bridgeBookOf(store).families);
  const state = sight?.isBot === true && sight.network === 'irc' ? stateOfWords(asText(event.content['body']).slice(0, 2_000)) : null;
  if (sight === null || state === null) return null;
  const name = asString(store.rooms.state(roomId, 'm.room.name')['name']) ?? sight.network;
  const login = { id: roomId, name, state, sinceMs: event.sentAtMs, detail: null, isStale: false };
  return { type: 'login.upserted', service: event.sender, network: sight.network, login };
};
