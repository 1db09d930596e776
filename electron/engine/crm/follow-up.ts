import type { ConversationId, FollowUpOptions, PushRow, RecordFacts, RpcInput, RpcMethod, RpcOutput } from '#rpc';
import { notFound, RpcFailure } from '../rpc/rpc-failure.ts';
import type { ConnectionDesk } from './connection-desk.ts';
import { autoPush } from './core/auto-push.ts';
import { boundFacts } from './core/bound-facts.ts';
import { createEvening, dayAndMinute } from './core/evening.ts';
import { lostData } from './core/lost-data.ts';
import { neverBy } from './core/never-push.ts';
import type { PushDesk } from './core/push-desk.ts';
import { linkOf } from './core/summarize.ts';
import { ConnectorError } from './errors.ts';
import { audit } from './ledger/audit.ts';
import { connections } from './ledger/connections.ts';
import type { ConnectionRecord } from './ledger/connections.ts';
import { doneMarks } from './ledger/done-marks.ts';
import { refusing } from './refusing.ts';

type Answer<Method extends RpcMethod> = RpcOutput<Method>;

/** One method for each `followUp.*` of the RPC, and what the engine itself needs. */
export interface FollowUp {
  readonly options: (input: RpcInput<'followUp.options'>) => FollowUpOptions;
  readonly setOptions: (input: RpcInput<'followUp.setOptions'>) => FollowUpOptions;
  readonly doneState: (input: RpcInput<'followUp.doneState'>) => Answer<'followUp.doneState'>;
  readonly setDone: (input: RpcInput<'followUp.setDone'>) => Promise<Answer<'followUp.setDone'>>;
  readonly lost: (input: RpcInput<'followUp.lost'>) => Answer<'followUp.lost'>;
  readonly record: (input: RpcInput<'followUp.record'>) => Promise<RecordFacts | null>;
  readonly changeRecord: (input: RpcInput<'followUp.changeRecord'>) => Promise<RecordFacts>;
  readonly start: () => void;
  /** Awake, or the vault was opened: an evening may be due. */
  readonly wake: () => void;
  readonly stop: () => void;
}

export interface FollowUpDeps {
  readonly desk: PushDesk;
  readonly connectionDesk: Pick<ConnectionDesk, 'get' | 'manifestOf' | 'connectorOf' | 'contextOf'>;
  readonly undoMs: () => number;
  /** A push stands in the queue. */
  readonly poke: () => void;
}

const askTimeoutMs = 15_000;

/** Pushes that begin by themselves, what was forgotten, and what the CRM says of a record. */
export function createFollowUp({ desk, connectionDesk, undoMs, poke }: FollowUpDeps): FollowUp {
  const { db } = desk;
  const evening = createEvening(desk, undoMs, poke);

  return {
    options: ({ connectionId }) => optionsOf(connectionDesk.get(connectionId)),
    setOptions,
    doneState: ({ conversationId }) => ({ isDone: doneMarks.isDone(db, known(conversationId).id) }),
    setDone: async ({ conversationId, isDone }) => {
      const { id } = known(conversationId);
      doneMarks.set(db, id, isDone ? desk.nowMs() : null);
      return { isDone, pushes: isDone ? await refusing(() => pushDone(id)) : [] };
    },
    lost: ({ days }) => lostData(db, days, desk.nowMs()),
    record: ({ conversationId, connectionId }) => refusing(() => record(conversationId, connectionDesk.get(connectionId))),
    changeRecord: (input) => refusing(() => changeRecord(input)),
    start: evening.start,
    wake: () => void evening.check(),
    stop: evening.stop,
  };

  function known(id: ConversationId) {
    const found = desk.source.conversation(id);
    if (found === null) throw notFound('conversation');
    return found;
  }

  function setOptions({ connectionId, options }: RpcInput<'followUp.setOptions'>): FollowUpOptions {
    const connection = connectionDesk.get(connectionId);
    const manifest = connectionDesk.manifestOf(connection);
    const isAutomatic = options.isPushedWhenDone || options.eveningMinute !== null;
    if (isAutomatic && manifest.isPersonnel === true) throw new RpcFailure('not-possible', 'nothing goes into files on staff by itself');
    const strange = options.rules.find(({ recordKind }) => recordKind !== null && !manifest.recordKinds.includes(recordKind));
    if (strange !== undefined) throw new RpcFailure('not-possible', 'no such kind of record');
    const { day, minute } = dayAndMinute(desk.nowMs(), desk.timeZone);
    // Switched on after its time, it begins tomorrow: nothing goes out at the moment of a setting.
    const isPast = options.eveningMinute !== null && options.eveningMinute <= minute;
    const isSame = options.eveningMinute === connection.eveningMinute;
    connections.setFollowUp(db, connectionId, options, isSame ? connection.eveningDay : isPast ? day : null);
    return optionsOf(connectionDesk.get(connectionId));
  }

  async function pushDone(id: ConversationId): Promise<readonly PushRow[]> {
    const pushes: PushRow[] = [];
    for (const connection of connections.list(db).filter(({ isPushedWhenDone }) => isPushedWhenDone)) {
      if (neverBy(db, id) !== null) break;
      const push = await autoPush(desk, connection, id, undoMs());
      if (push !== null) pushes.push(push);
    }
    poke();
    return pushes;
  }

  async function record(id: ConversationId, connection: ConnectionRecord): Promise<RecordFacts | null> {
    const connector = await connectionDesk.connectorOf(connection);
    const link = linkOf(desk, connection, known(id));
    if (link === null || connector.readRecord === undefined) return null;
    try {
      return boundFacts(await connector.readRecord(await connectionDesk.contextOf(connection, AbortSignal.timeout(askTimeoutMs)), link.ref));
    } catch (error) {
      if (error instanceof ConnectorError && error.code === 'record-gone') return null;
      throw error;
    }
  }

  async function changeRecord({ conversationId, connectionId, field, value }: RpcInput<'followUp.changeRecord'>): Promise<RecordFacts> {
    const connection = connectionDesk.get(connectionId);
    const connector = await connectionDesk.connectorOf(connection);
    const link = linkOf(desk, connection, known(conversationId));
    const before = await record(conversationId, connection);
    const choices = field === 'status' ? before?.statusChoices : before?.priorityChoices;
    if (link === null || connector.changeRecord === undefined || !choices?.includes(value)) {
      throw new RpcFailure('not-possible', 'it cannot become that');
    }
    await connector.changeRecord(await connectionDesk.contextOf(connection, AbortSignal.timeout(askTimeoutMs)), link.ref, { field, value });
    const { id, name } = connection;
    audit.add(db, { atMs: desk.nowMs(), connectionId: id, connectionName: name, conversationId, pushId: null, action: 'changed', ref: link.ref, detail: field });
    const after = await record(conversationId, connection);
    if (after === null) throw notFound('record');
    return after;
  }
}

const optionsOf = ({ isPushedWhenDone, eveningMinute, rules }: ConnectionRecord): FollowUpOptions => ({ isPushedWhenDone, eveningMinute, rules });
