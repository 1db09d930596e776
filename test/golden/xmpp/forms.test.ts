// needs: nothing
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Form, FormValues } from '#bridge';
import { mediaPlaces, readDataForm, submitForm, type MediaFinder } from '../../../bridges/xmpp/extensions/0004-data-forms.ts';
import { continueCommand, readCommand } from '../../../bridges/xmpp/extensions/0050-ad-hoc-commands.ts';
import { readLegacyResults } from '../../../bridges/xmpp/extensions/0055-search.ts';
import { readRegistration, submitQuery } from '../../../bridges/xmpp/extensions/0077-in-band-registration.ts';
import { readPrompt } from '../../../bridges/xmpp/extensions/0100-gateway-interaction.ts';
import { cidOf, readBits } from '../../../bridges/xmpp/extensions/0231-bits-of-binary.ts';
import { ns } from '../../../bridges/xmpp/namespaces.ts';
import { element, type XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { serialize } from '../../../bridges/xmpp/stream/xml/serialize.ts';
import { elementsOf } from './subject.ts';

const folder = join(import.meta.dirname, 'forms');

/** What a person types into each field that can be typed into. */
const typed = (form: Form): FormValues =>
  Object.fromEntries(form.fields.filter(({ kind }) => kind !== 'fixed').map(({ name, kind, values }) => [name, kind === 'text' ? ['typed'] : values]));

/** Pictures that came along, as the name they have; files elsewhere by their address. */
const finderFor =
  (root: XmlElement): MediaFinder =>
  (uri, mime) => {
    const bits = readBits(root).find(({ cid }) => cid === cidOf(uri));
    if (bits !== undefined) return { mime: bits.mime, bytes: bits.bytes };
    return uri.startsWith('https:') && mime.startsWith('image/') ? { mime, bytes: new TextEncoder().encode(uri) } : null;
  };

const read = (root: XmlElement): unknown => {
  const inIq = element('iq', { xmlns: ns.client }, root);
  const finder = finderFor(root);
  if (root.name === 'command') {
    const stage = readCommand(inIq);
    const form = stage?.form === undefined ? null : readDataForm(stage.form, finder);
    const places = stage?.form === undefined ? [] : mediaPlaces(stage.form);
    const [action = 'complete'] = stage?.actions ?? [];
    const filled = form === null || form.isResult === true ? undefined : submitForm(form, typed(form));
    return { ...stage, form, places, answer: stage?.status === 'executing' ? serialize(continueCommand('node', stage.sessionId, action, filled)) : null };
  }
  const prompt = readPrompt(inIq);
  if (prompt !== null) return prompt;
  if (root.namespace === ns.search) {
    const dataForm = root.child('x', ns.dataForms);
    return dataForm === undefined ? readLegacyResults(root) : readDataForm(dataForm);
  }
  const offer = readRegistration(inIq, finder);
  const { dataForm, ...rest } = offer ?? {};
  const answer = offer?.form == null ? null : serialize(submitQuery(ns.register, offer.form, dataForm !== undefined, typed(offer.form)));
  return { ...rest, isDataForm: dataForm !== undefined, answer };
};

/** Forms as biboumi, slidge, slixmpp and the specifications write them (`*.xml`), and what becomes of them (`*.json`). */
describe('a form', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.xml'))) {
    it(file.replace('.xml', ''), async () => {
      const [root] = elementsOf(readFileSync(join(folder, file), 'utf8'));
      if (root === undefined) throw new Error('nothing to read');
      const seen = JSON.stringify(read(root), (_key, value: unknown) => (value instanceof Uint8Array ? `${value.length} bytes` : value), 2);
      await expect(`${seen}\n`).toMatchFileSnapshot(join(folder, file.replace('.xml', '.json')));
    });
  }
});
