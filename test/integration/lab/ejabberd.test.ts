// needs: ejabberd peers tools
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openRawStream, startEjabberd, startSlixmppPeer, type EjabberdServer } from '../../lab/index.ts';
import { close, goOnline, outgoing, passwordOf, register, storedMessages } from '../xmpp/account.ts';

let server: EjabberdServer;

beforeAll(async () => {
  server = await startEjabberd({ captcha: true });
});
afterAll(() => server.stop());

describe('ejabberd of the lab', () => {
  it('lets our bridge in by SCRAM-SHA-256, carries messages both ways and keeps what was missed over a kill', async () => {
    await register(server, 'alice', 'bob');
    const greeting = await openRawStream(server);
    onTestFinished(() => greeting.close());
    expect(greeting.text).toContain('SCRAM-SHA-256</mechanism>');
    expect(greeting.text).not.toContain('SCRAM-SHA-1<');
    const alice = await goOnline(server, 'alice');
    const place = { host: server.host, port: server.c2sPort, caFile: server.caFile };
    const bob = await startSlixmppPeer({ ...place, jid: `bob@${server.domain}`, password: passwordOf('bob') });
    await bob.send(alice.jid, 'hello from slixmpp');
    await alice.host.waitFor('message.upserted', ({ message }) => message.text === 'hello from slixmpp');
    await alice.session.send(outgoing(`bob@${server.domain}`, 'tx-1', 'hello from Palomar'));
    await bob.waitForMessage(({ body }) => body === 'hello from Palomar');
    await alice.session.stop();
    await bob.send(alice.jid, 'you were away');
    // It has taken the message when it has answered something that came behind it.
    await bob.roster();
    await bob.stop();
    await server.kill();
    await server.restart();

    const again = await goOnline(server, 'alice', { savedState: alice.host.savedState });
    const missed = await again.host.waitFor('message.upserted', ({ message }) => message.text === 'you were away');
    expect(missed.origin).toBe('catchup');
    expect(storedMessages(again.host.events).filter(({ text }) => text === 'hello from slixmpp')).toHaveLength(0);
    await close(again);
    await close(alice);
  });

  it('makes an account for who reads its picture', async () => {
    const stream = await openRawStream(server);
    onTestFinished(() => stream.close());
    stream.write('<iq type="get" id="form"><query xmlns="jabber:iq:register"/></iq>');
    const form = await stream.waitFor(/<\/iq>/);
    const [, picture] = /<uri type='image\/png'>cid:([^<]+)</.exec(form) ?? [];
    expect(picture).toBeDefined();
    expect(form).toContain(`cid='${picture}' xmlns='urn:xmpp:bob'`);
    const field = (name: string, value: string): string => `<field var="${name}"><value>${value}</value></field>`;
    const hidden = [...form.matchAll(/<field[^>]*var='(challenge|sid|from|FORM_TYPE)'[^>]*>(?:<required\/>)?<value>([^<]*)/g)];
    const kept = hidden.map(([, name = '', value = '']) => field(name, value)).join('');
    const answers = field('username', 'carol') + field('password', 'secret') + field('ocr', server.lastCaptcha());
    const submitted = `<x xmlns="jabber:x:data" type="submit">${kept}${answers}</x>`;
    stream.write(`<iq type="set" id="made"><query xmlns="jabber:iq:register">${submitted}</query></iq>`);
    expect(await stream.waitFor(/id='made'/)).not.toContain("type='error'");
    expect(await server.call('registered_users', { host: server.domain })).toContain('carol');
  });
});
