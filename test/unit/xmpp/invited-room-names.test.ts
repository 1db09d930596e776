// needs: nothing
/** Rooms we are asked into: those of a gateway are asked what they are called, others are told nothing. */
import { describe, expect, it } from 'vitest';
import { remoteConversationId } from '#model';
import { createFakeHost } from '../../kit/fake-host.ts';
import { until } from '../../kit/until.ts';
import { element, type XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { elementsOf, fakeEngine, martaLink } from '../../golden/xmpp/subject.ts';

const invitation = (room: string): string => `<message from="matrix.example" to="marta@levante.example/here"><x xmlns="jabber:x:conference" jid="${room}"/></message>`;
const info = (identity: string): string => `<iq type="result"><query xmlns="http://jabber.org/protocol/disco#info"><identity ${identity}/></query></iq>`;

async function setting(name: string) {
  const asked: string[] = [];
  const request = ({ to, payload }: { to?: string | undefined; payload: XmlElement }): Promise<XmlElement> => {
    const isInfo = payload.namespace === 'http://jabber.org/protocol/disco#info';
    if (isInfo) asked.push(to ?? '');
    const identity = to === 'matrix.example' ? 'category="gateway" type="matrix"' : `category="conference" type="text" name="${name}"`;
    const items = '<iq type="result"><query xmlns="http://jabber.org/protocol/disco#items"><item jid="matrix.example"/></query></iq>';
    return Promise.resolve(elementsOf(isInfo ? info(identity) : items)[0] ?? element('iq'));
  };
  const engine = { ...fakeEngine(), request };
  const host = createFakeHost();
  const link = martaLink(engine, host);
  await link.gateways.online(true);
  asked.length = 0;
  return { asked, host, link };
}

describe('an invitation', () => {
  it('into a room of a gateway says what that is called, and keeps it', async () => {
    const { asked, host, link } = await setting('Bob');
    const room = '!abc@matrix.example';
    expect(link.inbox.translate(elementsOf(invitation(room) + invitation(room))).events).not.toEqual([]);
    await until(() => host.of('conversation.patched').length > 0);
    expect(host.of('conversation.patched')).toEqual([{ type: 'conversation.patched', conversationId: remoteConversationId(room), patch: { title: 'Bob' } }]);
    expect(asked).toEqual([room]);
    expect(link.rooms.describe(room, 'invited').title).toBe('Bob');
    expect(link.rooms.savedInvitations).toMatchObject([{ room, title: 'Bob' }]);
  });

  it('into any other room asks nobody', async () => {
    const { asked, link } = await setting('Trap');
    link.inbox.translate(elementsOf(invitation('trap@muc.evil.example')));
    link.inbox.translate(elementsOf(invitation('!abc@matrix.example')));
    await until(() => asked.length > 0);
    expect(asked).toEqual(['!abc@matrix.example']);
  });

  it('that was decided meanwhile is not told of again', async () => {
    const { asked, host, link } = await setting('Bob');
    link.inbox.translate(elementsOf(invitation('!abc@matrix.example')));
    link.rooms.settleInvitation('!abc@matrix.example');
    link.inbox.translate(elementsOf(invitation('!def@matrix.example')));
    await until(() => host.of('conversation.patched').length > 0);
    expect(asked).toEqual(['!abc@matrix.example', '!def@matrix.example']);
    expect(host.of('conversation.patched').map(({ conversationId }) => conversationId)).toEqual(['!def@matrix.example']);
  });
});
