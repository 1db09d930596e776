import type { PeerCall } from './python-peer.ts';

export type MucAffiliation = 'owner' | 'admin' | 'member' | 'outcast' | 'none';
export type MucRole = 'moderator' | 'participant' | 'visitor' | 'none';

/** What a peer can do in rooms (XEP-0045). What others do comes as events `occupant`, `group-message`, `subject`, `invite`. */
export interface SlixmppRooms {
  /** Enters, or makes the room; answers with who is there and the subject. Refusals are thrown with their condition. */
  join(
    room: string,
    nick: string,
    options?: { password?: string; history?: number },
  ): Promise<{ occupants: string[]; subject: string }>;
  leave(room: string, nick: string): Promise<void>;
  changeNick(room: string, nick: string): Promise<void>;
  setSubject(room: string, subject: string): Promise<void>;
  /** Sets options by their names on the wire (`muc#roomconfig_membersonly: true`); the others stay as they are. */
  configure(room: string, values: Readonly<Record<string, string | boolean | readonly string[]>>): Promise<void>;
  options(room: string): Promise<Record<string, unknown>>;
  affiliate(room: string, jid: string, affiliation: MucAffiliation, reason?: string): Promise<void>;
  members(room: string, affiliation?: MucAffiliation): Promise<string[]>;
  /** `none` is a kick. */
  giveRole(room: string, nick: string, role: MucRole, reason?: string): Promise<void>;
  /** Through the room, or with `isDirect` by XEP-0249. */
  invite(room: string, jid: string, options?: { isDirect?: boolean; password?: string; reason?: string }): Promise<void>;
  /** XEP-0425: version 0 is what Prosody 0.12 speaks, 1 what Prosody 13 speaks. */
  moderate(room: string, stanzaId: string, options?: { reason?: string; version?: 0 | 1 }): Promise<void>;
  destroy(room: string, options?: { reason?: string; alternative?: string }): Promise<void>;
}

export function slixmppRooms(call: PeerCall): SlixmppRooms {
  const run = async (command: string, args: Record<string, unknown>): Promise<void> => void (await call(command, args));
  return {
    join: async (room, nick, options = {}) =>
      (await call('joinRoom', { room, nick, ...options })) as { occupants: string[]; subject: string },
    leave: (room, nick) => run('leaveRoom', { room, nick }),
    changeNick: (room, nick) => run('changeNick', { room, nick }),
    setSubject: (room, subject) => run('setSubject', { room, subject }),
    configure: (room, values) => run('configureRoom', { room, values }),
    options: async (room) => (await call('roomOptions', { room })) as Record<string, unknown>,
    affiliate: (room, jid, affiliation, reason = '') => run('affiliate', { room, jid, affiliation, reason }),
    members: async (room, affiliation = 'member') => (await call('members', { room, affiliation })) as string[],
    giveRole: (room, nick, role, reason = '') => run('giveRole', { room, nick, role, reason }),
    invite: (room, jid, options = {}) => run('inviteToRoom', { room, jid, ...options }),
    moderate: (room, target, options = {}) => run('moderate', { room, target, ...options }),
    destroy: (room, options = {}) => run('destroyRoom', { room, ...options }),
  };
}
