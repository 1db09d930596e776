// needs: prosody ejabberd peers tools
// servers: any
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Dialog, DialogStep, ServiceAbility } from '#bridge';
import { createXmppBridge } from '../../../bridges/xmpp/index.ts';
import { startEjabberd, startXmppServer, type SlixmppPeer, type XmppServer } from '../../lab/index.ts';
import { ChaosProxy } from '../../kit/chaos-proxy.ts';
import { until } from '../../kit/until.ts';
import { close, connectPeer, goOnline, passwordOf, register, untilOnline, type TestAccount } from './account.ts';

const noSignal = new AbortController().signal;
let server: XmppServer;
let alice: TestAccount;
let bot: SlixmppPeer;
let botJid: string;

beforeAll(async () => {
  server = await startXmppServer();
  await register(server, 'alice', 'bot');
  alice = await goOnline(server, 'alice');
  bot = await connectPeer(server, 'bot', 'commands');
  ({ jid: botJid } = await bot.provideCommands({ waitSeconds: 95 }));
});
afterAll(async () => {
  await close(alice);
  await bot.stop();
  await server.stop();
});

const servicesOf = ({ session }: TestAccount): ServiceAbility => {
  if (session.services === undefined) throw new Error('no services');
  return session.services;
};
const openCommand = (node: string): Promise<Dialog> => servicesOf(alice).open({ kind: 'command', address: botJid, node }, noSignal);
const kindsOf = ({ form }: DialogStep) => Object.fromEntries(form?.fields.map(({ name, kind }) => [name, kind]) ?? []);

describe('the commands of somebody else', () => {
  it('are listed', async () => {
    const commands = await servicesOf(alice).commands(botJid, noSignal);
    expect(commands).toContainEqual({ address: botJid, node: 'lab-form', name: 'A form of the lab' });
  });

  it('lead through every kind of field, forwards and back, to a table', async () => {
    const dialog = await openCommand('lab-form');
    const { first } = dialog;
    expect(kindsOf(first)).toEqual({
      hidden: 'hidden', '': 'fixed', flag: 'boolean', name: 'text', secret: 'secret', lines: 'multi-line',
      colour: 'choice', colours: 'choices', person: 'address', people: 'addresses',
    });
    expect(first.form?.fields.find(({ name }) => name === 'name')?.isRequired).toBe(true);
    expect(first.form?.fields.find(({ name }) => name === 'colour')).toMatchObject({ values: ['g'], options: [{ label: 'Red', value: 'r' }, { value: 'g' }, { value: 'b' }] });
    expect(first.actions[0]).toBe('next');

    const values = {
      hidden: ['changed'], flag: ['false'], name: ['Ñandú'], secret: ['s3'], lines: ['un', 'dos', ''],
      colour: ['r'], colours: ['g', 'b'], person: ['carla@xmpp.test'], people: ['a@b', 'c@d'],
    };
    const scan = await dialog.answer('next', values, noSignal);
    expect(scan.notes).toEqual([{ kind: 'info', text: 'Nearly there' }, { kind: 'warning', text: 'Look twice' }]);
    const [picture] = scan.form?.fields.find(({ media = [] }) => media.length > 0)?.media ?? [];
    expect(Buffer.from(picture?.bytes ?? []).toString('latin1', 1, 4)).toBe('PNG');
    const heard = scan.form?.fields.find(({ name }) => name === 'heard');
    expect(heard).toMatchObject({ media: [{ mime: 'audio/x-wav' }], mediaLinks: [{ mime: 'video/mp4', url: 'https://lab.invalid/film.mp4' }] });
    expect(Buffer.from(heard?.media?.[0]?.bytes ?? []).toString('latin1', 0, 4)).toBe('RIFF');
    expect(new Set(scan.actions)).toEqual(new Set(['next', 'previous', 'complete']));
    const { answers } = (await bot.waitFor('command-answers')) as unknown as { answers: Record<string, unknown> };
    expect(answers).toMatchObject({ hidden: 'kept', name: 'Ñandú', colour: 'r', colours: ['g', 'b'], people: ['a@b', 'c@d'] });

    const back = await dialog.answer('previous', {}, noSignal);
    expect(kindsOf(back)).toEqual(kindsOf(first));
    const scanAgain = await dialog.answer('next', { ...values, name: ['Emú'] }, noSignal);
    expect(scanAgain.form?.title).toBe('Scan this');
    const done = await dialog.answer('complete', {}, noSignal);
    expect(done).toMatchObject({ state: 'done', notes: [{ kind: 'info', text: 'Done' }], form: { isResult: true } });
    expect(done.form?.table?.columns.map(({ label }) => label)).toEqual(['Key', 'Value']);
    expect(done.form?.table?.rows).toContainEqual(['name', 'Emú']);
    await expect(dialog.answer('next', {}, noSignal)).rejects.toMatchObject({ fault: { code: 'rejected' } });
  });

  it('end with their error in their own words', async () => {
    const { first } = await openCommand('lab-failure');
    expect(first).toMatchObject({ state: 'done', notes: [{ kind: 'error', text: 'It went wrong' }] });
  });

  it('are told when nobody goes on', async () => {
    const dialog = await openCommand('lab-form');
    await dialog.close();
    await bot.waitForStanza(/action="cancel"/);
  });

  it('that are unknown are refused', async () => {
    await expect(openCommand('nothing')).rejects.toMatchObject({ fault: { code: 'not-found' } });
  });

  it('may take ninety seconds; giving up ends the wait at once', async () => {
    const abort = new AbortController();
    const given = servicesOf(alice).open({ kind: 'command', address: botJid, node: 'lab-wait' }, abort.signal);
    abort.abort();
    await expect(given).rejects.toMatchObject({ fault: { code: 'cancelled' } });
    const waited = openCommand('lab-wait');
    await until(() => bot.events.filter(({ event }) => event === 'command-waiting').length === 2, { label: 'both questions' });
    expect((await waited).first).toMatchObject({ state: 'done', notes: [{ text: 'waited 95 s' }] });
  }, 130_000);
});

it('an answer finds us again after the connection was lost', async () => {
  await register(server, 'nomad', 'slow');
  const proxy = await ChaosProxy.start({ targetPort: server.c2sPort });
  onTestFinished(() => proxy.close());
  const nomad = await goOnline(server, 'nomad', { port: proxy.port });
  onTestFinished(() => close(nomad));
  const slow = await connectPeer(server, 'slow', 'commands');
  onTestFinished(() => slow.stop());
  const { jid } = await slow.provideCommands({ waitSeconds: 3 });
  const waited = servicesOf(nomad).open({ kind: 'command', address: jid, node: 'lab-wait' }, noSignal);
  await slow.waitFor('command-waiting');
  proxy.reset();
  expect((await waited).first).toMatchObject({ state: 'done', notes: [{ text: 'waited 3 s' }] });
});

describe('our own password', () => {
  it('is changed at the server and here', async () => {
    await register(server, 'paula');
    const paula = await goOnline(server, 'paula');
    const dialog = await servicesOf(paula).open({ kind: 'change-password' }, noSignal);
    expect(kindsOf(dialog.first)).toEqual({ password: 'secret', repeat: 'secret' });
    const differing = await dialog.answer('complete', { password: ['new one'], repeat: ['new two'] }, noSignal);
    expect(differing).toMatchObject({ state: 'open', notes: [{ kind: 'error', code: 'passwords-differ' }] });
    const done = await dialog.answer('complete', { password: ['new öne'], repeat: ['new öne'] }, noSignal);
    expect(done).toMatchObject({ state: 'done', notes: [{ code: 'password-changed' }] });
    expect(paula.host.secretValues.get('password')).toBe('new öne');
    const bridge = createXmppBridge({ ca: server.caPem });
    const values = { address: paula.jid, host: server.host, port: String(server.c2sPort) };
    expect(await bridge.login('password', { ...values, password: 'new öne' }, noSignal)).toMatchObject({ address: paula.jid });
    await expect(bridge.login('password', { ...values, password: passwordOf('paula') }, noSignal)).rejects.toMatchObject({ fault: { code: 'wrong-password' } });
    await close(paula);
  });
});

describe('a directory of people', () => {
  it('finds somebody, whom one can write to, and can be searched again', async () => {
    const ejabberd = await startEjabberd();
    onTestFinished(() => ejabberd.stop());
    await register(ejabberd, 'alice', 'quintana');
    const here = await goOnline(ejabberd, 'alice');
    onTestFinished(() => close(here));
    await untilOnline(here);
    const quintana = await goOnline(ejabberd, 'quintana');
    await quintana.session.profiles?.setOwn({ fullName: 'Quintana Roo', nickname: null, organization: null, role: null, emails: [], phones: [], urls: [], address: null, birthday: null, note: null }, 'everybody');
    await close(quintana);
    const list = await servicesOf(here).list(noSignal);
    const directory = list.find(({ can }) => can.includes('search'));
    expect(directory?.address).toBe(`users.${ejabberd.domain}`);
    const dialog = await servicesOf(here).open({ kind: 'search', address: directory?.address ?? '' }, noSignal);
    const names = dialog.first.form?.fields.map(({ name }) => name) ?? [];
    expect(names).toContain('user');
    const none = await dialog.answer('complete', { user: ['nobody-of-that-name'] }, noSignal);
    expect(none).toMatchObject({ state: 'open', notes: [{ code: 'nothing-found' }] });
    const found = await dialog.answer('complete', { user: ['quint*'] }, noSignal);
    const column = found.form?.table?.columns.findIndex(({ kind }) => kind === 'address') ?? -1;
    expect(found.form?.table?.rows.map((row) => row[column])).toEqual([`quintana@${ejabberd.domain}`]);
    expect(found.form?.fields.find(({ name }) => name === 'user')?.values).toEqual(['quint*']);
    // The same without knowing where: the account finds its server's directory.
    const people = await here.session.peopleSearch?.open(noSignal);
    const again = await people?.answer('complete', { fn: ['Quintana*'] }, noSignal);
    expect(again?.form?.table?.rows.map((row) => row[column])).toEqual([`quintana@${ejabberd.domain}`]);
  });
});
