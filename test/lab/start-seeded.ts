import type { ServerPart } from './availability.ts';
import { startEjabberd } from './ejabberd/start-ejabberd.ts';
import type { LabSection } from './lab-table.ts';
import { startOdoo } from './odoo/start-odoo.ts';
import { matrixPeer } from './peers/matrix-peer.ts';
import { startProsody } from './prosody/start-prosody.ts';
import { startRequestTracker } from './rt/start-request-tracker.ts';
import { startRedmine } from './redmine/start-redmine.ts';
import { startGateways } from './start-gateways.ts';
import { startSynapse } from './synapse/start-synapse.ts';
import { startTryton } from './tryton/start-tryton.ts';
import type { XmppServer } from './xmpp-server.ts';

/** A running server with accounts in it, described for a person. */
export interface SeededServer {
  section: LabSection;
  stop(): Promise<void>;
}

const password = 'palomar';
const people = ['anna', 'ben'] as const;

/** Starts one server of the lab with sample accounts, for trials by hand. */
export function startSeeded(part: ServerPart): Promise<SeededServer> {
  switch (part) {
    case 'prosody':
      return startProsody().then(seededXmpp);
    case 'prosody13':
      return startProsody({ version: '13' }).then(seededXmpp);
    case 'ejabberd':
      return startEjabberd().then(seededXmpp);
    case 'gateways':
      return startGateways(people.map((user) => ({ user, password })));
    case 'synapse':
      return seededSynapse();
    case 'tryton':
      return seededTryton();
    case 'requestTracker':
      return seededRequestTracker();
    case 'redmine':
      return seededRedmine();
    case 'odoo':
      return seededOdoo();
  }
}

const productNames = { prosody: 'Prosody', ejabberd: 'ejabberd' } as const;

async function seededXmpp(server: XmppServer): Promise<SeededServer> {
  for (const person of people) await server.register(person, password);
  const addresses = people.map((person) => `${person}@${server.domain}`).join('  ');
  return {
    stop: server.stop,
    section: {
      title: `${productNames[server.product]} ${server.version} (XMPP)`,
      rows: [
        ['accounts', addresses],
        ['password', password],
        ['server', `${server.host}, port ${server.c2sPort} (STARTTLS) or ${server.directTlsPort} (TLS)`],
        ['log', server.logFile],
      ],
    },
  };
}

async function seededSynapse(): Promise<SeededServer> {
  const server = await startSynapse();
  for (const person of people) await server.register(person, password);
  await shareRoom(server.baseUrl);
  return {
    stop: server.stop,
    section: {
      title: 'Synapse (Matrix)',
      rows: [
        ['accounts', people.map((person) => `@${person}:${server.serverName}`).join('  ')],
        ['password', password],
        ['homeserver', `${server.tlsBaseUrl} or ${server.baseUrl}`],
        ['log', server.logFile],
      ],
    },
  };
}

/** A room with both, so that there is something to see. */
async function shareRoom(baseUrl: string): Promise<void> {
  const [anna, ben] = [
    await matrixPeer({ baseUrl, userId: people[0], password }),
    await matrixPeer({ baseUrl, userId: people[1], password }),
  ];
  const room = await anna.createRoom({ name: 'Workshop', invite: [ben.userId] });
  await ben.join(room);
  await ben.send(room, 'Good morning! Is the order on its way?');
}

async function seededTryton(): Promise<SeededServer> {
  const server = await startTryton();
  return {
    stop: server.stop,
    section: {
      title: 'Tryton (CRM)',
      rows: [
        ['address', server.baseUrl],
        ['database', server.database],
        ['user', server.user],
        ['password', server.password],
        ['log', server.logFile],
      ],
    },
  };
}

async function seededRequestTracker(): Promise<SeededServer> {
  const server = await startRequestTracker();
  return {
    stop: server.stop,
    section: {
      title: 'Request Tracker (tickets)',
      rows: [
        ['address', server.baseUrl],
        ['token', server.token],
        ['user', server.user],
        ['password', server.password],
        ['mails caught', server.mailFolder],
        ['log', server.logFile],
      ],
    },
  };
}

async function seededOdoo(): Promise<SeededServer> {
  const server = await startOdoo();
  return {
    stop: server.stop,
    section: {
      title: 'Odoo 11 (CRM, projects, staff)',
      rows: [
        ['address', server.baseUrl],
        ['database', server.database],
        ['users', [server.user, server.rival, server.officer, server.clerk].join('  ')],
        ['password', server.password],
        ['project', server.project],
        ['log', server.logFile],
      ],
    },
  };
}

async function seededRedmine(): Promise<SeededServer> {
  const server = await startRedmine();
  return {
    stop: server.stop,
    section: {
      title: 'Redmine (issues)',
      rows: [
        ['address', server.baseUrl],
        ['API key', server.token],
        ['project', server.project],
        ['log', server.logFile],
      ],
    },
  };
}
