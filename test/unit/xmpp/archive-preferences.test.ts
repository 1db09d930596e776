// needs: nothing
import { expect, it } from 'vitest';
import { readPreferences, setPreferences } from '../../../bridges/xmpp/extensions/0441-archive-preferences.ts';
import { serialize } from '../../../bridges/xmpp/stream/xml/serialize.ts';
import { elementsOf } from '../../golden/xmpp/subject.ts';

const read = (prefs: string) => {
  const [iq] = elementsOf(`<iq type="result">${prefs}</iq>`);
  return iq === undefined ? null : readPreferences(iq);
};

it('the rule changes, the lists of single addresses stay (the example of XEP-0441)', () => {
  const known = read('<prefs xmlns="urn:xmpp:mam:2" default="roster"><always><jid>romeo@montague.lit</jid></always><never><jid>montague@montague.lit</jid></never></prefs>');
  expect(known).toEqual({ rule: 'contacts', always: ['romeo@montague.lit'], never: ['montague@montague.lit'] });
  if (known === null) return;
  expect(serialize(setPreferences({ ...known, rule: 'never' }))).toBe(
    '<prefs xmlns="urn:xmpp:mam:2" default="never"><always><jid>romeo@montague.lit</jid></always><never><jid>montague@montague.lit</jid></never></prefs>',
  );
});

it('what makes no sense is no answer', () => {
  expect(read('')).toBeNull();
  expect(read('<prefs xmlns="urn:xmpp:mam:2" default="constructor"/>')).toBeNull();
  expect(read('<prefs xmlns="urn:xmpp:mam:1" default="always"/>')).toBeNull();
  expect(read('<prefs xmlns="urn:xmpp:mam:2" default="always"/>')).toEqual({ rule: 'always', always: [], never: [] });
});
