import type { RecordFacts } from '#rpc';
import { cutText } from '../../text/plain-line.ts';

/** Each longest list of a connector once over: some ask for two kinds of what is open. */
const mostTickets = 20;
const mostChoices = 100;
const mostChars = 300;
const mostUrlChars = 2_000;

type Tickets = NonNullable<RecordFacts['openTickets']>;

/**
 * What a CRM says of a record, no more of it than can be looked at: limits in a request are wishes, and whoever keeps the
 * server, or a field in it, writes as much as they like.
 */
export function boundFacts({ name, stage, owner, status, priority, openTickets, statusChoices, priorityChoices }: RecordFacts): RecordFacts {
  return {
    name: cut(name),
    ...(stage === undefined ? {} : { stage: cut(stage) }),
    ...(owner === undefined ? {} : { owner: cut(owner) }),
    ...(status === undefined ? {} : { status: cut(status) }),
    ...(priority === undefined ? {} : { priority: cut(priority) }),
    ...(openTickets === undefined ? {} : { openTickets: openTickets.slice(0, mostTickets).map(boundTicket) }),
    ...(statusChoices === undefined ? {} : { statusChoices: boundChoices(statusChoices) }),
    ...(priorityChoices === undefined ? {} : { priorityChoices: boundChoices(priorityChoices) }),
  };
}

const cut = (text: string): string => cutText(text, mostChars);

const boundTicket = ({ title, status, url }: Tickets[number]): Tickets[number] => ({
  title: cut(title),
  status: cut(status),
  url: url === null || url.length > mostUrlChars ? null : url,
});

/** One that is cut could not be chosen: the other side would not know it. */
const boundChoices = (choices: readonly string[]): readonly string[] => choices.filter((choice) => choice.length <= mostChars).slice(0, mostChoices);
