// needs: nothing
/** What another server holds back until a person answers: only who was addressed may ask, about that very stanza, once. */
import { describe, expect, it } from 'vitest';
import { remoteConversationId, transactionId } from '#model';
import { Actions } from '../../../bridges/xmpp/actions.ts';
import { openChallenge } from '../../../bridges/xmpp/challenge-dialog.ts';
import { Services } from '../../../bridges/xmpp/services/services.ts';
import { StanzaError } from '../../../bridges/xmpp/stream/stanza-error.ts';
import { createFakeHost } from '../../kit/fake-host.ts';
import { elementsOf, fakeEngine, martaLink } from '../../golden/xmpp/subject.ts';

const zoe = 'zoe@oriente.example';
const field = (name: string, value: string): string => `<field type="hidden" var="${name}"><value>${value}</value></field>`;
const challenge = (sid: string, { from = zoe, about = zoe, id = 'c1', more = '' } = {}): string =>
  `<message from="${from}" to="marta@levante.example/here" ${more}><body>Visit https://evil.example</body><captcha xmlns="urn:xmpp:captcha">
  <x xmlns="jabber:x:data" type="form">${field('FORM_TYPE', 'urn:xmpp:captcha')}${field('from', about)}${field('challenge', id)}${field('sid', sid)}
  <field var="ocr" label="What do you see?"><required/></field></x></captcha></message>`;
const noSignal = new AbortController().signal;

/** Marta wrote `m1` to Zoe; `answers` are the answers to her answers, null: right. */
async function setting(answers: readonly (StanzaError | null)[] = [null]) {
  const host = createFakeHost();
  let count = 0;
  const engine = fakeEngine(() => {
    const error = answers[count++];
    return error === null || error === undefined ? Promise.resolve(elementsOf('<iq type="result"/>')[0] as never) : Promise.reject(error);
  });
  const link = martaLink(engine, host);
  const send = (id: string) => new Actions(link, engine).send({ conversationId: remoteConversationId(zoe), transactionId: transactionId(id), text: 'hello', writtenAtMs: 0 });
  await send('m1');
  const hear = (xml: string) => link.inbox.translate(elementsOf(xml)).events;
  const services = new Services(link, engine, host, { custom: openChallenge(link, engine) });
  const open = (requestId: string) => services.open({ kind: 'custom', id: `held:${requestId}`, address: zoe }, noSignal);
  return { host, engine, link, hear, send, open };
}
type Events = ReturnType<Awaited<ReturnType<typeof setting>>['hear']>;
const heldIn = (events: Events) => events.flatMap((event) => (event.type === 'held.changed' ? [event] : []));

describe('a message that a server holds back', () => {
  it('is told as not delivered, with a question that only the person opens', async () => {
    const { hear } = await setting();
    const events = hear(challenge('m1'));
    expect(heldIn(events)).toMatchObject([{ address: zoe, what: 'message', isOpen: true }]);
    expect(events.filter(({ type }) => type === 'message.delivery')).toMatchObject([{ transactionId: 'm1', delivery: 'failed', fault: { code: 'person-check' } }]);
    expect(events.filter(({ type }) => type === 'message.upserted')).toEqual([]);
  });

  it.each([
    ['a stranger', challenge('m1', { from: 'mallory@evil.example', about: 'mallory@evil.example' })],
    ['a stranger in her name', challenge('m1', { from: 'mallory@evil.example' })],
    ['another server', challenge('m1', { from: 'evil.example' })],
    ['her, about something we never sent', challenge('m2')],
    ['her, as an error', challenge('m1', { more: 'type="error"' })],
  ])('asks nothing when it is %s who asks', async (_who, xml) => {
    const { hear } = await setting();
    expect(heldIn(hear(xml))).toEqual([]);
  });

  it('is asked about once', async () => {
    const { hear } = await setting();
    expect(heldIn(hear(challenge('m1') + challenge('m1', { id: 'c2' })))).toHaveLength(1);
  });

  it('may be asked about by her server', async () => {
    const { hear } = await setting();
    expect(heldIn(hear(challenge('m1', { from: 'oriente.example' })))).toHaveLength(1);
  });

  it('counts as sent with the right answer, which goes to who asked', async () => {
    const { hear, open, engine, host } = await setting();
    const [held] = heldIn(hear(challenge('m1')));
    const dialog = await open(held?.requestId ?? '');
    expect(dialog.first.form?.fields.find(({ name }) => name === 'ocr')).toMatchObject({ kind: 'text', isRequired: true });
    expect(await dialog.answer('complete', { ocr: ['7nHL3'] }, noSignal)).toMatchObject({ state: 'done', notes: [{ code: 'answer-right' }] });
    expect(host.events).toMatchObject([{ type: 'held.changed', isOpen: false }, { type: 'message.delivery', delivery: 'sent' }]);
    await expect(open(held?.requestId ?? '')).rejects.toMatchObject({ fault: { code: 'not-found' } });
    expect(engine.sent).toHaveLength(1);
  });

  it('stays undelivered after a wrong answer, in the words of the server', async () => {
    const { hear, open, host } = await setting([new StanzaError('not-acceptable', 'No.', zoe)]);
    const [held] = heldIn(hear(challenge('m1')));
    const dialog = await open(held?.requestId ?? '');
    const over = await dialog.answer('complete', { ocr: ['x'] }, noSignal);
    expect(over).toMatchObject({ state: 'done', notes: [{ kind: 'error', code: 'answer-wrong-for-good', text: 'No.' }] });
    expect(host.events).toMatchObject([{ type: 'held.changed', isOpen: false }]);
  });

  it('waits among not too many', async () => {
    const { hear, send } = await setting();
    const ids = Array.from({ length: 30 }, (_, index) => `n${index}`);
    for (const id of ids) await send(id);
    const events = heldIn(hear(ids.map((id) => challenge(id, { id })).join('')));
    expect([events.filter(({ isOpen }) => isOpen).length, events.filter(({ isOpen }) => !isOpen).length]).toEqual([30, 10]);
  });
});
