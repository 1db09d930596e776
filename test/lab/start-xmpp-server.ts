import { startEjabberd } from './ejabberd/start-ejabberd.ts';
import { startProsody } from './prosody/start-prosody.ts';
import type { XmppServer } from './xmpp-server.ts';

export type XmppServerName = 'prosody' | 'prosody13' | 'ejabberd';

/** What every server of the lab can be asked for. */
export interface XmppServerOptions {
  /** How long a lost XEP-0198 session may be resumed (60 s). */
  smacksHibernationSeconds?: number | undefined;
  /** Components that may connect, by the first word of their address. */
  components?: readonly string[] | undefined;
  uploadLimitBytes?: number | undefined;
}

const variable = 'PALOMAR_XMPP_SERVER';

/** The server that this run is about: `PALOMAR_XMPP_SERVER`, or Prosody 0.12. */
export function chosenXmppServer(): XmppServerName {
  const name = process.env[variable] ?? 'prosody';
  if (name === 'prosody' || name === 'prosody13' || name === 'ejabberd') return name;
  throw new Error(`${variable} is "${name}"; there are prosody, prosody13 and ejabberd`);
}

/** Starts a server of its own: the one this run is about, unless told which. */
export function startXmppServer(options: XmppServerOptions = {}, name = chosenXmppServer()): Promise<XmppServer> {
  if (name === 'ejabberd') return startEjabberd(options);
  return startProsody({ ...options, version: name === 'prosody13' ? '13' : '0.12' });
}
