// needs: prosody ejabberd peers tools
import { describe, expect, it, onTestFinished } from 'vitest';
import { freshName, sharedLab } from '../../kit/lab.ts';
import { startSlixmppPeer, type SlixmppPeer, type XmppPlace } from '../../lab/index.ts';

const lab = sharedLab();

async function signIn(server: XmppPlace, user: string): Promise<SlixmppPeer> {
  await server.register(user, 'secret');
  const place = { host: server.host, port: server.c2sPort, caFile: server.caFile };
  const peer = await startSlixmppPeer({ ...place, jid: `${user}@${server.domain}`, password: 'secret' });
  onTestFinished(() => peer.stop());
  return peer;
}

const submit = (namespace: string, values: Readonly<Record<string, string>>): string => {
  const fields = Object.entries({ FORM_TYPE: namespace, ...values });
  const inner = fields.map(([name, value]) => `<field var="${name}"><value>${value}</value></field>`).join('');
  return `<x xmlns="jabber:x:data" type="submit">${inner}</x>`;
};

describe('what can be searched in the lab', () => {
  it('are people on ejabberd (XEP-0055)', async () => {
    const server = await lab.ejabberd();
    const [anna, name] = [await signIn(server, freshName('anna')), freshName('Example')];
    await anna.people.publishVcard({ FN: name, 'N/FAMILY': name });
    const query = `<query xmlns="jabber:iq:search">${submit('jabber:iq:search', { fn: name })}</query>`;
    const answer = await anna.iq('set', `users.${server.domain}`, query);
    expect(answer).toContain(`<value>${anna.jid.split('/')[0]}</value>`);
  });

  it('are rooms on Prosody 13, by a search and by disco', async () => {
    const server = await lab.prosody('13');
    const [anna, name] = [await signIn(server, freshName('anna')), freshName('Workshop')];
    const room = `${name.toLowerCase()}@muc.${server.domain}`;
    await anna.rooms.join(room, 'anna');
    await anna.rooms.configure(room, { 'muc#roomconfig_roomname': name, 'muc#roomconfig_publicroom': true });
    const space = 'https://xmlns.zombofant.net/muclumbus/search/1.0';
    const search = `<search xmlns="${space}">${submit(`${space}#params`, { q: name, sinname: 'true' })}</search>`;
    expect(await anna.iq('set', `muc.${server.domain}`, search)).toContain(`address="${room}"`);
    const items = '<query xmlns="http://jabber.org/protocol/disco#items"/>';
    expect(await anna.iq('get', `muc.${server.domain}`, items)).toContain(name);
  });

  it.each(['0.12', '13', 'ejabberd'] as const)('are the contacts of a server (XEP-0157, %s)', async (name) => {
    const server = name === 'ejabberd' ? await lab.ejabberd() : await lab.prosody(name);
    const anna = await signIn(server, freshName('anna'));
    const info = await anna.iq('get', server.domain, '<query xmlns="http://jabber.org/protocol/disco#info"/>');
    expect(info).toContain(`mailto:help@${server.domain}`);
  });
});
