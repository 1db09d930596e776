// needs: tools
/** Every hostile server against the real engine, twice: with a SIGKILL of the engine in between. */
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromColumns } from '#rpc';
import { until } from '../../kit/until.ts';
import { faults, lineCount } from './cases/faults.ts';
import { knownHoles } from './cases/known-holes.ts';
import { Stage, domain } from './stage.ts';

const cases = [...knownHoles, ...faults];
let stage: Stage;

/** All texts of a case's account. */
const texts = (id: string): string[] => stage.messages(stage.of(id)).map(({ text }) => text);
const numbered = (id: string, prefix: string): string[] => texts(id).filter((text) => text.startsWith(prefix));

beforeAll(async () => {
  stage = await Stage.open(cases);
  await sendInto('A4-22');
  await Promise.all(stage.played.map((played) => stage.untilDone(played, 1)));
  const before = new Map(stage.played.map((played) => [played, stage.messages(played).filter(({ text }) => text.startsWith('done-')).length]));
  await stage.killAndRestart();
  await Promise.all([...before].map(([played, count]) => stage.untilDone(played, count + 1)));
}, 180_000);
afterAll(() => stage.close());

/** A person writes to the contact of that case's account, as soon as that can be written to. */
async function sendInto(id: string): Promise<void> {
  const { address } = stage.of(id);
  const { accounts } = await stage.engine.call('app.start', {});
  const accountId = accounts.find((one) => one.address === address)?.id;
  const send = async (): Promise<boolean> => {
    const { rows } = await stage.engine.call('conversations.list', { filter: accountId === undefined ? {} : { accountId }, after: null, limit: 10 });
    const [conversation] = fromColumns(rows);
    if (conversation === undefined) return false;
    const clientId = '0193f0a8-0000-7000-8000-000000000001';
    await stage.engine.call('messages.send', { conversationId: conversation.id, clientId, text: 'OURS', replyToId: null, files: [] });
    return true;
  };
  await until(send, { timeoutMs: 30_000, label: 'a conversation to write in' });
}

describe('every hostile server', () => {
  it.each(cases.map(({ id, title }) => [id, title]))('%s: %s. Nothing forged is in the store, and life went on', (id) => {
    const played = stage.of(id);
    expect(texts(id).filter((text) => text.includes('FORGED'))).toEqual([]);
    expect(stage.names(played).filter((name) => /FORGED|forged|evil/i.test(name))).toEqual([]);
    const done = numbered(id, 'done-');
    expect(done.length).toBeGreaterThan(1);
    expect(new Set(done).size).toBe(done.length);
    expect(played.server.faults).toEqual([]);
  });

  it('left the store whole, and the profile holds nothing else', () => {
    expect(stage.damage()).toEqual([]);
    expect(readdirSync(stage.profileDir).filter((name) => /bashrc|evil|CON|txt/.test(name))).toEqual([]);
    expect(stage.engine.stderr()).not.toContain('unhandled');
  });
});

describe('known holes', () => {
  it('A2-1: carbons of others are noted; one of our own account is stored once', () => {
    expect(numbered('A2-1', 'GOOD')).toEqual(['GOOD']);
    expect(stage.securityRules(stage.of('A2-1'))).toContain('carbon-spoof');
  });

  it('A2-2: roster pushes of others are noted and refused', () => {
    const { server } = stage.of('A2-2');
    expect(stage.securityRules(stage.of('A2-2'))).toContain('roster-push-spoof');
    const answers = server.received.filter((xml) => /^<iq [^>]*id="push-\d"/.test(xml));
    expect(answers.length).toBeGreaterThanOrEqual(10);
    for (const answer of answers) expect(answer).toMatch(/type="error".*service-unavailable/);
  });

  it('A2-3: archive results that nobody asked for are noted', () => {
    expect(stage.securityRules(stage.of('A2-3'))).toContain('archive-spoof');
  });

  it('A2-4: no room of a stranger is joined, and nothing counts as read', async () => {
    const { server, address } = stage.of('A2-4');
    expect(server.received.filter((xml) => xml.includes('evil.test'))).toEqual([]);
    const { rows } = await stage.engine.call('conversations.list', { filter: {}, after: null, limit: 200 });
    const { accounts } = await stage.engine.call('app.start', {});
    const account = accounts.find((one) => one.address === address);
    const [row] = fromColumns(rows).filter(({ accountId }) => accountId === account?.id);
    expect(row?.unreadCount).toBe(texts('A2-4').length);
  });

  it('A2-5: what others wrote stays as it is', () => {
    const originals = numbered('A2-5', 'ORIGINAL');
    expect(originals).toHaveLength(4);
    expect(originals.filter((text) => text.endsWith('-OURS'))).toHaveLength(2);
    expect(stage.messages(stage.of('A2-5')).filter(({ isDeleted }) => isDeleted === 1)).toEqual([]);
    expect(stage.securityRules(stage.of('A2-5'))).toEqual(expect.arrayContaining(['edit-by-other', 'delete-by-other']));
  });

  it('A2-6: the stream is ended for each thing smuggled in, and text that looks like markup is text', () => {
    const { server } = stage.of('A2-6');
    const ended = server.peers.filter(({ encrypted }) => encrypted.includes('<stream:error>'));
    expect(ended.length).toBeGreaterThanOrEqual(11);
    expect(new Set(numbered('A2-6', '</body>'))).toEqual(new Set(['</body></message><message><body>GOOD']));
  });

  it('A2-8: impossible times are moved to possible ones', () => {
    const stamped = stage.messages(stage.of('A2-8')).filter(({ text }) => text.startsWith('STAMP'));
    expect(stamped).toHaveLength(10);
    for (const { sentAtMs } of stamped) {
      expect(sentAtMs).toBeGreaterThanOrEqual(Date.UTC(1999, 0, 1));
      expect(sentAtMs).toBeLessThan(Date.now() + 60_000);
    }
  });

  it.each(['A2-10', 'A2-11'])('%s: no credentials left', (id) => {
    const { server } = stage.of(id);
    for (const { clear } of server.peers) expect(clear).not.toMatch(/<auth|<authenticate|<iq|<message|<presence|secret/);
    const signedIn = server.peers.filter(({ encrypted }) => /<presence|<resume/.test(encrypted));
    const asked = server.peers.filter(({ encrypted }) => encrypted.includes('<auth'));
    // The first of all is the trial when the account was added.
    expect(asked.length).toBe(signedIn.length + 1);
    expect(server.peers.length).toBeGreaterThan(asked.length);
  });

  it('A2-12: names of files lead nowhere', async () => {
    expect(texts('A2-12').length).toBeGreaterThan(5);
    const files = stage.fileNames(stage.of('A2-12'));
    for (const name of files) expect(name).not.toMatch(/[/\\\p{Cc}\u202e]/u);
  });
});

describe('faults', () => {
  it('A4-20: a cut cable is noticed', () => {
    expect(stage.of('A4-20').server.peers.length).toBeGreaterThan(3);
  });

  it('A4-21: after a reset behind each stanza every line is there once, in order', () => {
    expect(numbered('A4-21', 'LINE-')).toEqual(Array.from({ length: lineCount }, (_, index) => `LINE-${index}`));
  });

  it('A4-22: what was written is there once, and shown as sent', async () => {
    const { server } = stage.of('A4-22');
    const own = (): ReturnType<Stage['messages']> => stage.messages(stage.of('A4-22')).filter(({ isOwn }) => isOwn === 1);
    await until(() => own()[0]?.delivery === 'sent', { label: 'the message to be sent', timeoutMs: 20_000 });
    expect(own().map(({ text }) => text)).toEqual(['OURS']);
    expect(server.archived.filter(({ xml }) => xml.includes('OURS'))).toHaveLength(1);
    const ids = server.received.filter((xml) => xml.includes('<body>OURS')).map((xml) => /\sid="([^"]*)"/.exec(xml)?.[1]);
    expect(new Set(ids).size).toBe(1);
  });

  it('A4-23: a slow line loses nothing', () => {
    const slow = numbered('A4-23', 'SLOW-');
    expect(slow.length).toBeGreaterThanOrEqual(10);
    expect(new Set(slow).size).toBe(slow.length);
  });

  it('A4-26: a server that is being restarted is not stormed', () => {
    const { connectedAtMs } = stage.of('A4-26').server;
    const gaps = connectedAtMs.slice(2).map((atMs, index) => atMs - (connectedAtMs[index + 1] ?? 0));
    expect(gaps.filter((gap) => gap < 40)).toEqual([]);
    expect(connectedAtMs.length).toBeLessThan(60);
  });

  it('A4-27: what came between two sessions is there, in order', () => {
    const missed = numbered('A4-27', 'MISSED-');
    const archived = stage.of('A4-27').server.archived.flatMap(({ xml }) => /MISSED-[\d-]+(?=<)/.exec(xml)?.[0] ?? []);
    expect(archived.length).toBeGreaterThanOrEqual(300);
    expect(missed).toEqual(archived);
  });

  it('A4-28: an archive in disorder is read to the end, each message once', () => {
    expect(numbered('A4-28', 'PAGE-').sort()).toEqual(Array.from({ length: 300 }, (_, index) => `PAGE-${String(index).padStart(3, '0')}`));
  });

  it('A4-29: the past stays what it was', () => {
    expect(numbered('A4-29', 'TRUTH')).toEqual(['TRUTH']);
    expect(stage.securityRules(stage.of('A4-29'))).toContain('history-rewritten');
  });

  it('A4-30: nothing comes from the future', () => {
    const skewed = stage.messages(stage.of('A4-30')).filter(({ text }) => text.startsWith('SKEW-'));
    expect(skewed).toHaveLength(30);
    for (const { sentAtMs } of skewed) expect(sentAtMs).toBeLessThan(Date.now() + 60_000);
  });

  it('all of them end with the account online', async () => {
    await until(async () => (await stage.engine.call('app.start', {})).accounts.every(({ state }) => state !== 'needs-login'), { label: 'nobody has to sign in' });
    expect(stage.played.every(({ address }) => address.endsWith(domain))).toBe(true);
  });
});
