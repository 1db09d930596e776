import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { registerEjabberdAccount } from '../lab/ejabberd/register-ejabberd-account.ts';
import { LabHost } from '../lab/lab-host.ts';
import type { LabHostAddress, SharedServer } from '../lab/lab-host.ts';
import { registerAccount } from '../lab/prosody/register-account.ts';
import type { ProsodyServer } from '../lab/prosody/start-prosody.ts';
import { requestTrackerClient } from '../lab/rt/request-tracker-client.ts';
import type { RequestTrackerServer } from '../lab/rt/start-request-tracker.ts';
import { registerUser } from '../lab/synapse/register-user.ts';
import { isNewerSynapse, type SynapseServer } from '../lab/synapse/start-synapse.ts';
import type { TrytonServer } from '../lab/tryton/start-tryton.ts';
import { trytonClient } from '../lab/tryton/tryton-client.ts';
import { chosenXmppServer } from '../lab/start-xmpp-server.ts';
import type { XmppServer } from '../lab/xmpp-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    palomarLab: LabHostAddress;
  }
}

/** A server that others use too: it cannot be stopped or killed. Tests that must do that start their own. */
export type Shared<LabServer> = Omit<LabServer, 'kill' | 'restart' | 'stop' | 'addAppService'>;

export interface SharedLab {
  prosody(version?: '0.12' | '13'): Promise<Shared<ProsodyServer>>;
  ejabberd(): Promise<Shared<XmppServer>>;
  /** The XMPP server of this run: Prosody 0.12, or what `PALOMAR_XMPP_SERVER` names (`npm run test:matrix`). */
  xmpp(): Promise<Shared<XmppServer>>;
  /** One that offers MSC4222 and one that does not, as older ones; unless told the kind this run is about. */
  synapse(options?: { readonly msc4222?: boolean }): Promise<Shared<SynapseServer>>;
  tryton(): Promise<Shared<TrytonServer>>;
  requestTracker(): Promise<Shared<RequestTrackerServer>>;
}

/**
 * The servers that all test files of this run share, each started when it is first asked for.
 * Register fresh users ({@link freshName}) instead of relying on an empty server.
 */
export function sharedLab(): SharedLab {
  return {
    prosody: (version = '0.12') => sharedProsody(version === '13' ? 'prosody13' : 'prosody'),
    ejabberd: sharedEjabberd,
    xmpp() {
      const chosen = chosenXmppServer();
      return chosen === 'ejabberd' ? sharedEjabberd() : sharedProsody(chosen);
    },
    async synapse({ msc4222 = isNewerSynapse() } = {}) {
      const server = await ask<SynapseServer>(msc4222 ? 'synapse' : 'olderSynapse');
      return {
        ...server,
        register: (name, password, isAdmin = false) =>
          registerUser(server.baseUrl, server.registrationSecret, { name, password, isAdmin }),
      };
    },
    async tryton() {
      const server = await ask<TrytonServer>('tryton');
      return { ...server, rpc: trytonClient(server) };
    },
    async requestTracker() {
      const server = await ask<RequestTrackerServer>('requestTracker');
      return { ...server, ...requestTrackerClient(server) };
    },
  };
}

async function sharedProsody(name: 'prosody' | 'prosody13'): Promise<Shared<ProsodyServer>> {
  const server = await ask<ProsodyServer>(name);
  return { ...server, register: (user, password) => registerAccount(server, user, password) };
}

async function sharedEjabberd(): Promise<Shared<XmppServer>> {
  const server = await ask<XmppServer>('ejabberd');
  return { ...server, register: (user, password) => registerEjabberdAccount(server, user, password) };
}

/** A name that no other test uses, fit for the local part of a JID or Matrix id. */
export function freshName(prefix = 'user'): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}

let ownHost: Promise<LabHost> | undefined;

/** The host of the run; a file that runs without the global setup gets one of its own, which ends with the process. */
async function address(): Promise<LabHostAddress> {
  const provided: LabHostAddress | undefined = inject('palomarLab');
  if (provided) return provided;
  ownHost ??= LabHost.start();
  return (await ownHost).address;
}

async function ask<LabServer>(name: SharedServer): Promise<LabServer> {
  const { url, token } = await address();
  const answer = await fetch(`${url}/${name}`, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`the lab has no ${name}: ${await answer.text()}`);
  return (await answer.json()) as LabServer;
}
