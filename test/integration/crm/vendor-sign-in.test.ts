// needs: nothing
/** Products that take a pasted token as well as a sign-in with the browser: each way, and from one to the other. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectionId } from '#rpc';
import { tempFolder } from '../../kit/temp-folder.ts';
import { startHubspot } from '../../lab/crm/hubspot-server.ts';
import { startPipedrive } from '../../lab/crm/pipedrive-server.ts';
import type { SignInPage } from '../../lab/crm/sign-in-page.ts';
import { startZendesk } from '../../lab/crm/zendesk-server.ts';
import { openPushWorld, type PushWorld } from './support/push-world.ts';

type Values = Readonly<Record<string, string>>;

interface Vendor {
  readonly url: string;
  readonly page: SignInPage;
  readonly registration: Values;
  readonly pasted: Values;
  readonly violations: () => readonly string[];
  readonly noteCount: () => number;
  readonly kill: () => Promise<void>;
}

const vendors: Readonly<Record<string, () => Promise<Vendor>>> = {
  hubspot: async () => {
    const { server, token, signIn, records } = await startHubspot();
    const { clientId, clientSecret } = signIn;
    return { url: server.baseUrl, page: signIn, registration: { clientId, clientSecret }, pasted: { token }, violations: () => server.violations, noteCount: () => records('notes').length, kill: server.kill };
  },
  pipedrive: async () => {
    const { server, token, signIn, rows } = await startPipedrive();
    const { clientId, clientSecret } = signIn;
    const registration = { clientId, clientSecret, loginUrl: server.baseUrl };
    return { url: server.baseUrl, page: signIn, registration, pasted: { token }, violations: () => server.violations, noteCount: () => rows('notes').length, kill: server.kill };
  },
  zendesk: async () => {
    const { server, user, token, signIn, tickets } = await startZendesk();
    const noteCount = (): number => tickets().flatMap(({ comments }) => comments).length;
    return { url: server.baseUrl, page: signIn, registration: { clientId: signIn.clientId }, pasted: { user, token }, violations: () => server.violations, noteCount, kill: server.kill };
  },
};

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function signInAgain(world: PushWorld, connectorId: string, connectionId: ConnectionId, values: Values, page: SignInPage): Promise<void> {
  const { id, link } = await world.crm.beginSignIn({ connectionId, connectorId, name: 'Sales', values });
  await Promise.all([world.crm.finishSignIn({ id }), fetch(page.agree(link))]);
}

describe.each(Object.keys(vendors))('%s', (name) => {
  async function scene() {
    const vendor = await vendors[name]!();
    ends.push(vendor.kill);
    const world = openPushWorld({ profileDir: tempFolder('vendor-sign-in') });
    ends.push(() => world.stop());
    const conversation = world.addConversation({ name: 'Marta Ruiz', identifiers: [{ kind: 'phone', value: '+34600123456' }] });
    const push = async (connection: ConnectionId, text: string): Promise<number> => {
      world.addMessage(conversation, { text });
      const before = vendor.noteCount();
      expect(await world.pushAll(conversation, connection)).toMatchObject({ state: 'done' });
      return vendor.noteCount() - before;
    };
    return { vendor, world, push };
  }

  it('is signed in to with the browser, pushes, and goes on when its token has ended', async () => {
    const { vendor, world, push } = await scene();
    const connection = await world.connect(name, { url: vendor.url, ...vendor.registration }, vendor.page.agree);
    expect(await push(connection, 'hola')).toBeGreaterThan(0);
    vendor.page.expire();
    expect(await push(connection, 'otra vez')).toBeGreaterThan(0);
    expect(vendor.violations()).toEqual([]);
  });

  it('goes from a pasted token to a sign-in and back, and the one before is not used again', async () => {
    const { vendor, world, push } = await scene();
    const connection = await world.connect(name, { url: vendor.url, ...vendor.pasted });
    expect(await push(connection, 'hola')).toBeGreaterThan(0);
    await signInAgain(world, name, connection, vendor.registration, vendor.page);
    expect(world.crm.connections()).toMatchObject([{ isBySignIn: true }]);
    vendor.page.expire();
    expect(await push(connection, 'otra vez')).toBeGreaterThan(0);
    expect(vendor.page.goodCount()).toBe(1);
    await expect(world.crm.renew({ id: connection, values: { token: 'a wrong one' } })).rejects.toThrow('needs-login');
    await world.crm.renew({ id: connection, values: vendor.pasted });
    expect(world.crm.connections()[0]).not.toHaveProperty('isBySignIn');
    vendor.page.expire();
    expect(await push(connection, 'y otra')).toBeGreaterThan(0);
    expect(vendor.page.goodCount()).toBe(0);
    expect(vendor.violations()).toEqual([]);
  });

  it('shows what a sign-in gave to no other server, also where tokens are given out at the same place', async () => {
    const { vendor, world, push } = await scene();
    const connection = await world.connect(name, { url: vendor.url, ...vendor.registration }, vendor.page.agree);
    const thief = await listenForHeaders();
    await expect(world.crm.renew({ id: connection, values: { url: thief.url } })).rejects.toThrow('needs-login');
    expect(thief.seen()).not.toContain('Bearer');
    // Refused, and nothing is lost.
    expect(await push(connection, 'hola')).toBeGreaterThan(0);
  });
});

/** A server that keeps what it is told, and is content with all of it. */
async function listenForHeaders(): Promise<{ readonly url: string; readonly seen: () => string }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(JSON.stringify(request.headers));
    response.setHeader('content-type', 'application/json').end('{"success":true,"data":{"name":"Thief"}}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(async () => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen: () => seen.join() };
}
