// needs: prosody tools
// servers: any
/** The connection report and the wire of a real server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsoleLine } from '#bridge';
import { freshName } from '../../kit/lab.ts';
import { until } from '../../kit/until.ts';
import { startXmppServer, type XmppServer } from '../../lab/index.ts';
import { close, goOnline, openAccount, passwordOf, register, untilOnline } from './account.ts';

let server: XmppServer;
beforeAll(async () => {
  server = await startXmppServer();
});
afterAll(() => server.stop());

describe('diagnostics', () => {
  it('report what the server is and has', async () => {
    const user = freshName('own');
    await register(server, user);
    const account = await goOnline(server, user);
    const sections = await account.session.diagnostics?.report(AbortSignal.timeout(20_000));
    const facts = new Map(sections?.flatMap((section) => section.facts.map((fact) => [fact.id, fact])));
    expect(facts.get('software')?.value.toLowerCase()).toContain(server.product);
    expect(facts.get('tlsVersion')?.value).toMatch(/^TLSv1\.[23]$/);
    expect(facts.get('mechanism')?.value).toMatch(/^(SCRAM|HT)-/);
    expect(facts.get('management')?.value).toBe('yes');
    expect(facts.get('xep-0313')?.value).toBe('yes');
    expect(facts.get('xep-0045')?.value).toBe('yes');
    expect(Number(facts.get('roundTrip')?.value)).toBeGreaterThan(0);
    expect(Math.abs(Number(facts.get('clock')?.value ?? 0))).toBeLessThan(5);
    expect([...facts.values()].filter(({ value }) => value.includes(passwordOf(user)))).toEqual([]);
    await close(account);
  });

  it('show a whole sign-in and nothing secret of it, take what is written by hand, and fall silent', async () => {
    const user = freshName('own');
    await register(server, user);
    const account = openAccount(server, user);
    const lines: ConsoleLine[] = [];
    const { diagnostics } = account.session;
    const stop = diagnostics?.watch((more) => lines.push(...more));
    await account.session.start();
    await untilOnline(account);
    await diagnostics?.sendRaw(`<iq type="get" id="by-hand" to="${server.domain}"><ping xmlns="urn:xmpp:ping"/></iq>`);
    await until(() => lines.some(({ direction, text }) => direction === 'in' && text.includes('id="by-hand"')), { label: 'the answer' });
    const kinds = new Set(lines.map(({ kind }) => kind));
    for (const kind of ['stream', 'iq', 'presence', 'sm']) expect(kinds).toContain(kind);
    const everything = lines.map(({ text }) => text).join('\n');
    const password = passwordOf(user);
    for (const secret of [password, Buffer.from(password).toString('base64'), Buffer.from(`\0${user}\0${password}`).toString('base64')]) {
      expect(everything).not.toContain(secret);
    }
    // The words of SCRAM and tokens are base64 of a certain length; none of them is left.
    expect(everything).not.toMatch(/<(?:auth|response|challenge|initial-response|additional-data)(?=[\s>])[^>]*>(?!\(hidden\))[^<]/);
    expect(everything).not.toMatch(/<token [^>]*token="(?!\(hidden\))/);
    expect(everything).toContain('(hidden)');

    stop?.();
    const count = lines.length;
    await diagnostics?.sendRaw('<presence><status>by hand</status></presence>');
    // Answered after the presence was read: had it been recorded, it would be here by now.
    const after: ConsoleLine[] = [];
    const stopAfter = diagnostics?.watch((more) => after.push(...more));
    await diagnostics?.sendRaw(`<iq type="get" id="last" to="${server.domain}"><ping xmlns="urn:xmpp:ping"/></iq>`);
    await until(() => after.some(({ text }) => text.includes('id="last"')), { label: 'the last answer' });
    stopAfter?.();
    expect(lines).toHaveLength(count);
    await expect(diagnostics?.sendRaw('<message>')).rejects.toMatchObject({ fault: { code: 'rejected' } });
    await close(account);
    await expect(diagnostics?.sendRaw('<presence/>')).rejects.toMatchObject({ fault: { code: 'offline' } });
  });
});
