// needs: nothing
import { describe, expect, it } from 'vitest';
import { readChallenge } from '../../../bridges/xmpp/extensions/0158-captcha-forms.ts';
import type { XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { elementsOf, fakeEngine, martaLink } from '../../golden/xmpp/subject.ts';

const asking = 'asking@muc.levante.example';
const challenge = (from: string, about: string, formType = 'urn:xmpp:captcha', id = 'c1'): XmlElement => {
  const [read] = elementsOf(
    `<message from="${from}"><body>Visit https://evil.example</body><captcha xmlns="urn:xmpp:captcha"><x xmlns="jabber:x:data" type="form">
    <field type="hidden" var="FORM_TYPE"><value>${formType}</value></field><field type="hidden" var="from"><value>${about}</value></field>
    <field type="hidden" var="challenge"><value>${id}</value></field><field var="ocr" label="Text"/></x></captcha></message>`,
  );
  if (read === undefined) throw new Error('no message');
  return read;
};

describe('a challenge', () => {
  it('speaks for itself or for those on its server, and for nobody else', () => {
    expect(readChallenge(challenge(asking, asking))?.from).toBe(asking);
    expect(readChallenge(challenge('muc.levante.example', asking))?.from).toBe('muc.levante.example');
    expect(readChallenge(challenge('evil.example', asking))).toBeNull();
    expect(readChallenge(challenge(asking, asking, 'jabber:iq:register'))).toBeNull();
    expect(readChallenge(challenge(asking, asking, 'urn:xmpp:captcha', ''))).toBeNull();
  });

  it('is taken of a room that we are entering, once, and of no other', async () => {
    const link = martaLink(fakeEngine());
    const joining = link.rooms.join(asking, 'marta', {});
    const refused = expect(joining).rejects.toMatchObject({ fault: { code: 'forbidden', detail: 'captcha-required' } });
    link.inbox.translate([challenge('other@muc.levante.example', 'other@muc.levante.example')]);
    expect(link.challenges.take('other@muc.levante.example')).toBeNull();
    expect(link.inbox.translate([challenge(asking, asking)]).events).toEqual([]);
    await refused;
    expect(link.challenges.take(asking)?.challenge.from).toBe(asking);
    expect(link.challenges.take(asking)).toBeNull();
    link.inbox.translate([challenge(asking, asking)]);
    expect(link.challenges.take(asking)).toBeNull();
  });
});
