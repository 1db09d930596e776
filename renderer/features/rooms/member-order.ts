import type { RoomRank } from '#model';
import type { RoomMemberRow } from '../../rpc/index.ts';

const ranks: readonly RoomRank[] = ['owner', 'admin', 'member', 'none', 'banned'];

/** Who waits for an answer first, then those with a say, then by name. */
const byRank = (left: RoomMemberRow, right: RoomMemberRow): number =>
  Number(right.asksForVoice === true) - Number(left.asksForVoice === true) || ranks.indexOf(left.rank) - ranks.indexOf(right.rank) || left.name.localeCompare(right.name);

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();

export interface MemberGroups {
  readonly present: readonly RoomMemberRow[];
  readonly absent: readonly RoomMemberRow[];
  readonly banned: readonly RoomMemberRow[];
}

/** Who is here, who belongs here, who is kept out; those whose name or address has the text in it. */
export const groupMembers = (members: readonly RoomMemberRow[], text: string): MemberGroups => {
  const wanted = fold(text.trim());
  const fitting = members.filter(({ name, address }) => fold(`${name} ${address ?? ''}`).includes(wanted)).sort(byRank);
  return {
    present: fitting.filter(({ isPresent }) => isPresent),
    absent: fitting.filter(({ isPresent, rank }) => !isPresent && rank !== 'banned'),
    banned: fitting.filter(({ rank, isPresent }) => rank === 'banned' && !isPresent),
  };
};
