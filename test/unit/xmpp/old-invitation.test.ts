// needs: nothing
import { describe, expect, it } from 'vitest';
import { elementsOf, fakeEngine, martaLink } from '../../golden/xmpp/subject.ts';

const [invitation] = elementsOf(
  `<message from="ball@muc.levante.example" to="marta@levante.example"><body>You are invited</body>
  <x xmlns="http://jabber.org/protocol/muc#user"><invite from="ben@b.example"/></x></message>`,
);

describe('an invitation in the archive', () => {
  it('of an absence asks us; one of long ago was decided and is no message either', () => {
    if (invitation === undefined) throw new Error('no invitation');
    const page = [{ id: 'a1', message: invitation, stampMs: 1_000 }];
    const link = martaLink(fakeEngine());
    expect(link.inbox.translateArchived(page, 'history', null).events).toEqual([]);
    const asked = link.inbox.translateArchived(page, 'catchup', null).events;
    expect(asked.map(({ type }) => type)).toEqual(['person.upserted', 'conversation.upserted']);
  });
});
