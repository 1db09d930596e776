import { randomBytes } from 'node:crypto';
import { BridgeError, type NewRoom } from '#bridge';
import type { AccountLink } from './account-link.ts';
import { dataFormIn, readDataForm, submitForm } from './extensions/0004-data-forms.ts';
import { configurationQuery, submitConfiguration } from './extensions/0045-room-administration.ts';
import { findRoomService } from './find-room-service.ts';
import { formatBare, parseJid } from './jid.ts';
import { joinRoom } from './join-room.ts';
import { ns } from './namespaces.ts';
import { ownNick } from './own-nick.ts';
import { readRoomAbout } from './room-about.ts';
import type { StreamEngine } from './stream/stream-engine.ts';

/**
 * Makes a room that lasts, set up as wanted before anybody else can enter.
 * @returns its address @throws BridgeError `conflict` with `alias-taken`, `forbidden`, `unsupported`
 */
export async function createRoom(link: AccountLink, engine: Pick<StreamEngine, 'request'>, wanted: NewRoom): Promise<string> {
  const service = wanted.service ?? (await findRoomService(link, engine));
  const address = parseJid(`${aliasOf(wanted)}@${service}`);
  if (address === null || address.resource !== '') throw new BridgeError('wrong-address');
  const room = formatBare(address);
  const isTaken = readRoomAbout(await link.services.info(room)).exists;
  if (isTaken || link.rooms.has(room)) throw new BridgeError('conflict', { detail: 'alias-taken' });
  await joinRoom(link, room, ownNick(link.ownBareJid), { keepsLocked: true });
  // Somebody was quicker between the question and the answer, or the room was only hidden from us.
  if (!link.rooms.isNew(room)) throw new BridgeError('conflict', { detail: 'alias-taken' });
  await configure(engine, room, wanted);
  link.rooms.learn(room, readRoomAbout(await link.services.info(room)));
  await link.journal.write({ events: [link.rooms.conversation(room, 'joined')] });
  return room;
}

/** Only fields this server has are sent; the others are as it likes them. */
async function configure(engine: Pick<StreamEngine, 'request'>, room: string, { name, isPublic, isMembersOnly }: NewRoom): Promise<void> {
  const answer = await engine.request({ type: 'get', to: room, payload: configurationQuery() });
  const query = answer.child('query', ns.mucOwner);
  const form = query && dataFormIn(query);
  if (form === undefined) throw new BridgeError('server-incompatible', { server: room });
  const flag = (is: boolean): readonly string[] => [String(is)];
  const values = {
    'muc#roomconfig_roomname': [name],
    'muc#roomconfig_persistentroom': flag(true),
    'muc#roomconfig_publicroom': flag(isPublic),
    'muc#roomconfig_membersonly': flag(isMembersOnly),
    'muc#roomconfig_enablearchiving': flag(true),
    mam: flag(true),
    ...(isMembersOnly ? { 'muc#roomconfig_whois': ['anyone'] } : {}),
  };
  await engine.request({ type: 'set', to: room, payload: submitConfiguration(submitForm(readDataForm(form), values)) });
}

/** A room that is not public cannot be found by guessing either. */
function aliasOf({ alias, name, isPublic }: NewRoom): string {
  if (alias !== undefined && alias.trim() !== '') return alias.trim();
  const words = name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  const unguessable = randomBytes(8).toString('hex');
  if (words === '') return unguessable;
  return isPublic ? words : `${words}-${unguessable}`;
}
