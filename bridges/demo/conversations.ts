import { remoteConversationId, type RemoteConversation, type RemoteConversationId } from '#model';
import { people, type DemoPerson } from './people.ts';

/** One scripted line. Times are minutes before the account was added, so that the list looks alive. */
export interface DemoLine {
  readonly from: DemoPerson | 'self';
  readonly text: string;
  readonly minutesAgo: number;
  readonly file?: 'offer' | 'order' | 'photo';
  readonly reaction?: { readonly by: DemoPerson; readonly emoji: string };
  readonly repliesTo?: number;
  readonly isEdited?: boolean;
  readonly isDeleted?: boolean;
}

export interface DemoConversation {
  readonly id: RemoteConversationId;
  readonly kind: RemoteConversation['kind'];
  readonly title: string | null;
  readonly members: readonly DemoPerson[];
  readonly lines: readonly DemoLine[];
  /** So many of the last lines came in while the person was away. */
  readonly unreadCount: number;
  /** Older messages that come page by page when a person scrolls up. */
  readonly archiveLength: number;
}

const hour = 60;
const day = 24 * hour;

const direct = (
  who: DemoPerson,
  unreadCount: number,
  lines: readonly DemoLine[],
  archiveLength = 0,
): DemoConversation => ({
  id: remoteConversationId(`direct:${who.id}`),
  kind: 'direct',
  title: null,
  members: [who],
  lines,
  unreadCount,
  archiveLength,
});

const group = (key: string, title: string, members: readonly DemoPerson[], unreadCount: number, lines: readonly DemoLine[]) => ({
  id: remoteConversationId(`group:${key}`),
  kind: 'group' as const,
  title,
  members,
  lines,
  unreadCount,
  archiveLength: 0,
});

const { marta, jordi, vidal, pedidos, lucia, kalev, liis, mart, grace, tom, priya, sam } = people;

export const conversations: readonly DemoConversation[] = [
  direct(marta, 2, [
    { from: marta, text: 'Buenos días, ¿podéis mejorar el precio de las 40 unidades?', minutesAgo: 34 },
    {
      from: 'self',
      text: 'Sí, por 40 unidades podemos bajar a 112 € la unidad con entrega en 10 días.',
      minutesAgo: 26,
      repliesTo: 0,
    },
    { from: 'self', text: '', minutesAgo: 25, file: 'offer' },
    {
      from: marta,
      text: 'Lo reviso con mi jefe y te digo algo',
      minutesAgo: 21,
      reaction: { by: marta, emoji: '👍' },
    },
    { from: marta, text: 'Perfecto, mándame la oferta firmada y cerramos', minutesAgo: 13 },
  ]),
  direct(kalev, 1, [
    { from: 'self', text: 'Tere! Saatsin arve nr 2031, maksetähtaeg on reedel.', minutesAgo: 3 * hour },
    { from: kalev, text: 'Arve 2031 on makstud, aitäh!', minutesAgo: 24 },
  ]),
  group('support', 'Support · level 2', [grace, sam, lucia], 3, [
    { from: sam, text: 'Morning all. The Murcia office lost its line again.', minutesAgo: 70 },
    { from: grace, text: 'I am on it, the provider confirmed an outage.', minutesAgo: 55 },
    { from: lucia, text: 'El router en Murcia sigue caído, escalo a redes.', minutesAgo: 37 },
  ]),
  direct(
    jordi,
    0,
    [
      { from: jordi, text: '¿Hablamos mañana del mantenimiento?', minutesAgo: 2 * hour },
      { from: 'self', text: 'Te llamo mañana a las 9', minutesAgo: 100, reaction: { by: jordi, emoji: '👌' } },
    ],
    420,
  ),
  direct(pedidos, 1, [
    { from: pedidos, text: 'Adjunto el pedido de noviembre.', minutesAgo: 103, file: 'order' },
  ]),
  direct(grace, 0, [
    { from: grace, text: 'Could you send the signed contract before Friday?', minutesAgo: 5 * hour },
    { from: 'self', text: 'Of course, you will have it on Thursday.', minutesAgo: 5 * hour - 12, isEdited: true },
    { from: grace, text: 'Lovely, thanks!', minutesAgo: 5 * hour - 20 },
  ]),
  direct(priya, 1, [
    { from: priya, text: 'This is the label that came off the pump.', minutesAgo: 7 * hour, file: 'photo' },
  ]),
  direct(vidal, 0, [
    { from: vidal, text: '', minutesAgo: day + 4 * hour, isDeleted: true },
    { from: vidal, text: 'Perdón, era para otra persona. La cita queda el jueves a las 12.', minutesAgo: day + 4 * hour - 2 },
  ]),
  direct(tom, 0, [
    { from: tom, text: 'Invoice 4471 is two days late on our side, sorry about that.', minutesAgo: day + 6 * hour },
    { from: 'self', text: 'No problem, thanks for telling me.', minutesAgo: day + 6 * hour - 9 },
  ]),
  direct(liis, 0, [
    { from: liis, text: 'Kas koosolek on kell 14?', minutesAgo: 2 * day },
    { from: 'self', text: 'Jah, kell 14 suures saalis.', minutesAgo: 2 * day - 15 },
  ]),
  direct(mart, 0, [
    { from: mart, text: 'Kaup on laos, võite homme järele tulla.', minutesAgo: 3 * day },
    { from: 'self', text: 'Aitäh, tuleme hommikul kell 9.', minutesAgo: 3 * day - 30 },
  ]),
  direct(sam, 0, [
    { from: 'self', text: 'Is the VPN certificate renewed?', minutesAgo: 4 * day },
    { from: sam, text: 'Done. Valid until next November.', minutesAgo: 4 * day - 45 },
  ]),
  direct(lucia, 0, [{ from: lucia, text: '¿Tenéis stock de la junta J-40?', minutesAgo: 5 * day }]),
];
