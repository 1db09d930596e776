/** P13: the first sync of a Matrix account with 500 rooms beside the engine's other work, and its next start. */
import { randomBytes } from 'node:crypto';
import { bridgeId } from '#model';
import { matrixBridge } from '../../bridges/matrix/index.ts';
import { until } from '../kit/until.ts';
import { startLocalEngine, type LocalEngine } from './kit/local-engine.ts';
import { watchTurns } from './kit/longest-turn.ts';
import { perRoom, roomCount, selfId } from './kit/matrix-rooms.ts';
import { startMatrixWorld, type MatrixWorld } from './kit/matrix-world.ts';
import { median } from './kit/measure.ts';
import type { BenchRow } from './kit/row.ts';
import { makeScratch, removeScratch } from './kit/scratch.ts';

const rounds = 3;
const timeoutMs = 60_000;

interface Round {
  readonly stallMs: number;
  readonly wallStallMs: number;
  readonly syncMs: number;
  readonly listMs: number;
  readonly onlineMs: number;
  readonly startCpuMs: number;
}

export async function measure(): Promise<BenchRow[]> {
  const world = await startMatrixWorld();
  const taken: Round[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) taken.push(await takeRound(world));
  } finally {
    await world.stop();
  }
  const of = (name: keyof Round): number => median(taken.map((round) => round[name]));
  return [
    {
      id: 'P13-matrix-stall',
      title: `longest stall of the engine while ${roomCount} Matrix rooms come in for the first time`,
      value: of('stallMs'),
      unit: 'ms',
      target: { is: 'at most', bound: 50 },
      note: `${roomCount * perRoom} messages in ${of('syncMs').toFixed(0)} ms from signing in; processor time of the thread in its longest turn, ${of('wallStallMs').toFixed(0)} ms by the clock; median of ${rounds}`,
    },
    {
      id: 'P13-matrix-restart',
      title: `start with ${roomCount} Matrix rooms: list on the screen and account online`,
      value: of('onlineMs'),
      unit: 'ms',
      target: { is: 'at most', bound: 1_000 },
      note: `the list itself after ${of('listMs').toFixed(0)} ms; ${of('startCpuMs').toFixed(0)} ms of processor, all threads; from the start of the engine, median of ${rounds}`,
    },
  ];
}

async function takeRound(world: MatrixWorld): Promise<Round> {
  const profileDir = makeScratch('matrix');
  const vaultKey = randomBytes(32);
  const withEngine = async <Result>(run: (engine: LocalEngine) => Promise<Result>): Promise<Result> => {
    const engine = await startLocalEngine({ profileDir, bridges: [matrixBridge], vaultKey });
    try {
      return await run(engine);
    } finally {
      await engine.stop();
    }
  };
  try {
    const cold = await withEngine((engine) => firstSync(engine, world));
    const startedAtMs = performance.now();
    const before = process.cpuUsage();
    const warm = await withEngine((engine) => restart(engine, startedAtMs));
    const { user, system } = process.cpuUsage(before);
    return { ...cold, ...warm, startCpuMs: (user + system) / 1_000 };
  } finally {
    removeScratch(profileDir);
  }
}

async function firstSync(engine: LocalEngine, world: MatrixWorld): Promise<Pick<Round, 'stallMs' | 'wallStallMs' | 'syncMs'>> {
  const isOnline = watchState(engine);
  const longestTurn = watchTurns();
  const startedAtMs = performance.now();
  const values = { address: selfId, password: 'bench', server: world.baseUrl };
  await engine.call('accounts.add', { bridgeId: bridgeId('matrix'), flowId: 'password', values });
  await until(isOnline, { label: 'the first sync', timeoutMs, intervalMs: 5 });
  const syncMs = performance.now() - startedAtMs;
  const { cpuMs, wallMs } = longestTurn();
  return { stallMs: cpuMs, wallStallMs: wallMs, syncMs };
}

async function restart(engine: LocalEngine, startedAtMs: number): Promise<Pick<Round, 'listMs' | 'onlineMs'>> {
  const isOnline = watchState(engine);
  const list = await engine.call('conversations.list', { filter: {}, after: null, limit: 200 });
  const listMs = performance.now() - startedAtMs;
  if (list.rows.length < 200) throw new Error(`the list has ${list.rows.length} conversations`);
  await until(isOnline, { label: 'online again', timeoutMs, intervalMs: 2 });
  return { listMs, onlineMs: performance.now() - startedAtMs };
}

function watchState(engine: LocalEngine): () => boolean {
  let isOnline = false;
  engine.on('accounts.changed', ({ accounts }) => (isOnline = accounts[0]?.state === 'online'));
  return () => isOnline;
}
